import type {ReactElement} from 'react';

/** A line drawing on a field of 20 x 20, always beside its word. */
export function PageIcon({path}: {readonly path: string}): ReactElement {
  return (
    <svg
      viewBox="0 0 20 20"
      width="1.3em"
      height="1.3em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden
    >
      <path d={path} />
    </svg>
  );
}
