/** Scans on fake instruments into the database named on the command line, without end, until it is killed. */
import {writeSync} from 'node:fs';
import {createEngine} from '../../../src/host/engine/engine.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {createFakeBench} from '../engine/fake-bench.ts';

const [path = ''] = process.argv.slice(2);
const store = openStore(path);
const session = store.createSession({title: 'to be killed', operator: 'Ada', benchName: 'fake'});
const recorder = store.recorder(session.uid);
const bench = createFakeBench();
// A turn of the event loop a point, as a real instrument would take.
bench.stage.beforeMove = () => new Promise((resolve) => setImmediate(resolve));
const engine = createEngine({
  ...bench,
  recorder: {
    sessionUid: recorder.sessionUid,
    allocateScanId: () => recorder.allocateScanId(),
    addNote: (note) => recorder.addNote(note),
    write(document) {
      recorder.write(document);
      // Only what is committed is told, and told before anything else happens.
      if (document[0] === 'event') writeSync(1, `${document[1].seq_num} ${document[1].data['x_v']}\n`);
    },
  },
});
await engine.run(
  gridScan({
    roles: defaultRoles,
    dwell: defaultDwell,
    grid: {centerMm: {xMm: 0, yMm: 0}, widthMm: 100, heightMm: 100, stepMm: 0.1, order: 'snake'},
    metadata: {sample: 'digit 7'},
  }),
);
