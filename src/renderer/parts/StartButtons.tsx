import type {ReactElement} from 'react';
import {Button} from './Button.tsx';

/** Something that can be pressed, or why it cannot. */
interface Press {
  readonly disabledBecause?: string | undefined;
  readonly run: () => void;
}

/** The two ways to have what is planned measured: now, or when its turn comes. */
export function StartButtons({
  act,
  label,
  hint,
  start,
  queue,
}: {
  /** `data-act` of the button that starts. */
  readonly act: string;
  readonly label: string;
  readonly hint: string;
  readonly start: Press;
  readonly queue: Press;
}): ReactElement {
  return (
    <>
      <Button
        data-act={act}
        variant="primary"
        isDisabled={start.disabledBecause !== undefined}
        hint={start.disabledBecause ?? hint}
        onPress={start.run}
      >
        {label}
      </Button>
      <Button
        isDisabled={queue.disabledBecause !== undefined}
        hint={queue.disabledBecause ?? 'Measured when its turn comes (page Queue)'}
        onPress={queue.run}
      >
        Add to queue
      </Button>
    </>
  );
}
