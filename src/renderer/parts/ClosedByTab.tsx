import type {ReactElement, ReactNode} from 'react';

/** Around an open list or menu: Tab leaves it without choosing, since Escape is STOP and closes nothing. */
export function ClosedByTab(props: {
  readonly children: ReactNode;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <div
      role="presentation"
      onKeyDownCapture={(event) => {
        if (event.key !== 'Tab') return;
        event.preventDefault();
        event.stopPropagation();
        props.onClose();
      }}
    >
      {props.children}
    </div>
  );
}
