import {useState} from 'react';
import {attempt} from '../../parts/index.ts';

/** Does one thing at a time: `isBusy` while it lasts; what fails is shown as a notice, `done` when it has not. */
export function useBusy(): {
  readonly isBusy: boolean;
  /** Whether the work was done. */
  readonly busily: (work: () => Promise<unknown>, done?: string) => Promise<boolean>;
} {
  const [isBusy, setBusy] = useState(false);
  const busily = async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    setBusy(true);
    let isDone = false;
    await attempt(async () => {
      await work();
      isDone = true;
    }, done);
    setBusy(false);
    return isDone;
  };
  return {isBusy, busily};
}
