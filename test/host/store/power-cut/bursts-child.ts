/**
 * Stores points in bursts into the database named on the command line, the way that the second argument asks for
 * (setting pointsSafeWithinMs), and prints after each what is stored, and after each rest of a second that it has rested.
 */
import {writeSync} from 'node:fs';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {openStore} from '../../../../src/host/store/open-store.ts';
import {numberKey, startRecord} from '../sample-run.ts';

const [path = '', safeWithin = '', burstSize = ''] = process.argv.slice(2);
const store = openStore(path, {safeWithinMs: () => Number(safeWithin)});
const session = store.createSession({title: 'bursts', operator: 'Ada', benchName: 'fake'});
const recorder = store.recorder(session.uid);
const start = startRecord(recorder);
recorder.write(['start', start]);
recorder.write([
  'descriptor',
  {
    uid: 'd',
    run_start: start.uid,
    time: 1000,
    name: 'primary',
    data_keys: {x_mm: numberKey},
    object_keys: {stage: ['x_mm']},
    configuration: {},
  },
]);
writeSync(1, 'begun\n');
let seq_num = 0;
for (let burst = 0; burst < 3; burst++) {
  for (let n = 0; n < Number(burstSize); n++) {
    seq_num++;
    const time = 1000 + seq_num;
    const data = {x_mm: seq_num / 10};
    recorder.write([
      'event',
      {uid: `d:${seq_num}`, descriptor: 'd', seq_num, time, data, timestamps: {x_mm: time}},
    ]);
    writeSync(1, `stored ${seq_num}\n`);
    if (n % 20 === 0) await sleepMs(0);
  }
  await sleepMs(1000);
  writeSync(1, `rested ${seq_num}\n`);
}
// Killed here by itself: nothing is closed, checkpointed or tidied.
process.kill(process.pid, 'SIGKILL');
