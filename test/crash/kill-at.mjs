// Loaded before a program that is to be killed (`--import`): turns the comments `// @position NAME` in its source into
// calls, each of which is written down, and ends the process or the thread at the one that is asked for. A program that
// is started without it knows nothing of positions.
//
//   CRASH_LOG    file that gets a line for each position that is passed
//   CRASH_AT     NAME:COUNT, the position to end at, when it is passed for the COUNT-th time (in one thread)
//   CRASH_HOW    kill (the process, by SIGKILL) or thread (only the thread that passes it)
import {appendFileSync} from 'node:fs';
import {registerHooks} from 'node:module';
import {isMainThread} from 'node:worker_threads';

const {CRASH_LOG: log, CRASH_AT: wanted = '', CRASH_HOW: how = 'kill'} = process.env;
const [wantedName, wantedCount] = wanted.split(':');
const label = /^( *)\/\/ @position ([\w.-]+)$/gm;
let passed = 0;

globalThis.atPosition = (name) => {
  if (log) appendFileSync(log, `${name} ${process.pid}\n`);
  if (name !== wantedName || ++passed < Number(wantedCount)) return;
  if (how === 'thread' && !isMainThread) process.exit(70);
  process.kill(process.pid, 'SIGKILL');
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.includes('/src/') || loaded.source == null) return loaded;
    const text =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source).toString('utf8');
    return text.includes('// @position ')
      ? {...loaded, source: text.replaceAll(label, "$1globalThis.atPosition('$2');")}
      : loaded;
  },
});
