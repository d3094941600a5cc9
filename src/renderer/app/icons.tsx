import type {ReactElement} from 'react';

/** Line drawings on a 20 x 20 field; always beside their word. */
const paths: Readonly<Record<string, string>> = {
  bench: 'M3 15h14M5 15v-4h4v4M11 15V7h4v8M13 7V4',
  scan: 'M4 4h12v3.5H4zM4 7.5h12V11H4zM4 11h7v4H4M8 4v11M12 4v7',
  align: 'M4 4h9v9H4zM7.5 7h9v9h-9zM12 9.5v4M10 11.5h4',
  campaign: 'M3 4h5v5H3zM12 4h5v5h-5zM3 12h5v5H3zM12 14.5l2 2 3.5-4',
  compare: 'M3 4h6v12H3zM11 4h6v12h-6zM5 8h2M13 12h2',
  design: 'M4 3v14M8 5v10M12 5v10M16 3v14',
  sessions: 'M3 5h14v4H3zM3 11h14v4H3zM6 7h3M6 13h3',
  log: 'M5 3h10v14H5zM7.5 7h5M7.5 10h5M7.5 13h3',
};

export function PageIcon({id}: {readonly id: string}): ReactElement {
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
      <path d={paths[id] ?? 'M4 10h12'} />
    </svg>
  );
}
