/**
 * Does everything that stores something, on a disk that is full from one of the writes on (write-log.c), for each of the
 * writes in turn. Prints a line of JSON for each: what was refused and how, and what of all that was stored is not there
 * afterwards.
 */
import {mkdtempSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {benchErrorFrom} from '../../../../src/contract/errors.ts';
import {openStore} from '../../../../src/host/store/open-store.ts';
import {darkLevelOf} from '../calibration-values.ts';
import {writeRun} from '../sample-run.ts';

const [folder = '', first = '0', step = '1', last = '0'] = process.argv.slice(2);

for (let fullAt = Number(first); fullAt <= Number(last); fullAt += Number(step)) {
  const path = join(mkdtempSync(join(folder, 'disk-')), 'bench.sqlite');
  const stored = {sessions: 0, points: 0, notes: 0, calibrations: 0, artifacts: 0};
  const refusals: {code: string; message: string}[] = [];
  process.env['WRITE_LOG_FULL_AT'] = String(fullAt);
  try {
    const store = openStore(path);
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        const {code, message} = benchErrorFrom(error);
        refusals.push({code, message});
      }
    };
    for (let round = 0; round < 3; round++) {
      attempt(() => {
        const {uid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
        stored.sessions++;
        attempt(() => writeRun(store.recorder(uid), {pointCount: 8, onPoint: () => stored.points++}));
        attempt(() => void (store.addNote({author: 'Ada', text: 'a note', sessionUid: uid}), stored.notes++));
        attempt(() => {
          store.addArtifact({
            sessionUid: uid,
            kind: 'object-mask',
            metadata: {pitchMm: 1, label: '3'},
            name: 'mask.npy',
            mediaType: 'application/x-npy',
            bytes: new Uint8Array(9000).fill(round),
          });
          stored.artifacts++;
        });
      });
      attempt(() => {
        store.addCalibration({kind: 'dark-level', value: darkLevelOf(round)});
        stored.calibrations++;
      });
    }
    attempt(() => store.close());
  } catch (error) {
    const {code, message} = benchErrorFrom(error);
    refusals.push({code, message});
  }
  process.env['WRITE_LOG_FULL_AT'] = '';
  using after = openStore(path);
  const sessions = after.listSessions();
  const found = {
    sessions: sessions.length,
    points: after.search({}).reduce((sum, {uid}) => sum + after.readPoints(uid).count, 0),
    notes: sessions.flatMap(({uid}) => after.listNotes(uid)).filter(({author}) => author === 'Ada').length,
    calibrations: after.listAllCalibrations().length,
    artifacts: after.verify().artifactCount,
  };
  const openRuns = after.search({}).filter(({exitStatus}) => exitStatus === undefined).length;
  writeSync(
    1,
    `${JSON.stringify({fullAt, refusals, stored, found, openRuns, damage: after.verify().damage})}\n`,
  );
}
