import {access} from 'node:fs/promises';

/** Whether there is a file or folder at a path that this program may look at. */
export const fileExists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
