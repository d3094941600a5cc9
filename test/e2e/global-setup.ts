import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {root} from './app.ts';

/** Builds the window once, before any scenario: not inside the first one's time limit, and not twice at once. */
export function setup(): void {
  execFileSync(process.execPath, [join(root, 'src/cli/start.ts'), '--prepare'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
