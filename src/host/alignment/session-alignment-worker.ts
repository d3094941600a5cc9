import {countOf} from '../../base/count-text.ts';
import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import {alignPlanes} from './align-planes.ts';
import {readSessionPlanes, type SessionPlanes} from '../planes/session-planes.ts';
import {openStore} from '../store/open-store.ts';
import type {AlignmentOutcome} from '../../twin/alignment/align.ts';
import type {
  SessionAlignmentMessage,
  SessionAlignmentOutput,
  SessionAlignmentRequest,
} from './session-alignment-protocol.ts';

// Entry of the thread that aligns one session: reads its planes over a connection of its own, which writes nothing,
// and leads the threads that compute. It ends when it has answered.
const {databasePath, sessionUid, runUids, ...options} = workerData as SessionAlignmentRequest;
const method = 'rs';

const report = (message: SessionAlignmentMessage): void => parentPort?.postMessage(message);

try {
  using store = openStore(databasePath, {readOnly: true});
  const session = await readSessionPlanes(store, sessionUid, runUids);
  const planeCount = session.planes.length;
  report({
    kind: 'progress',
    progress: {stage: 'search', text: `${countOf(planeCount, 'plane')} read`, doneRatio: 0.02, planeCount},
  });
  // @position alignment.planes-read
  const outcome = await alignPlanes(
    {...session, method},
    {
      ...options,
      onProgress: (progress) => report({kind: 'progress', progress: {...progress, planeCount}}),
    },
  );
  // @position alignment.computed
  report({
    kind: 'done',
    output: outputFrom(
      outcome,
      session,
      session.runs.map(({uid}) => uid),
    ),
  });
} catch (error) {
  report({kind: 'failed', error: benchErrorFrom(error).toJSON()});
}

function outputFrom(
  {result, state, arrangement, covariance, fit, prints}: AlignmentOutcome,
  {planes, measured}: Pick<SessionPlanes, 'planes' | 'measured'>,
  uids: readonly string[],
): SessionAlignmentOutput {
  return {
    result,
    state,
    arrangement,
    method,
    covariance: covariance ?? null,
    prints: prints ? {valuesMm: prints.prints.valuesMm, rmsMm: prints.rmsMm} : null,
    measured: measured ? {artifactUids: measured.artifactUids, plates: measured.plates} : null,
    planes: planes.map(({values}, plane) => {
      const residual = fit.objective.residuals(plane, fit.values[plane], fit.weighting);
      const variance = fit.weighting.variance[plane];
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return {
        runUid: uids[plane],
        predicted: Float32Array.from(values, (value, i) => value - residual[i] * Math.sqrt(variance[i])),
        // Points that were left out are those whose noise was set beyond everything that was measured.
        residual: Float32Array.from(residual, (value, i) =>
          Math.sqrt(variance[i]) > 1e3 * largest ? NaN : value,
        ),
      };
    }),
  };
}
