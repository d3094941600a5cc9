import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {AlignedParameter, AlignmentResult} from '../../../src/contract/alignment.ts';
import {artifactKinds} from '../../../src/host/campaign/campaign-results.ts';
import {alignmentKind, type AlignmentRecord} from '../../../src/host/placements/alignment-records.ts';
import type {Store} from '../../../src/host/store/open-store.ts';
import {asDesigned} from '../../../src/twin/alignment/arrangement.ts';
import {designedState} from '../../../src/twin/alignment/defaults.ts';
import {modelFrom} from '../../../src/twin/design/load.ts';
import {alignmentResult} from '../store/calibration-values.ts';
import {writeGridRun} from '../store/grid-run.ts';
import {campaignDetails} from '../store/session-details.ts';
import type {SmallDesign} from '../../virtual/small-design.ts';

/** Stores what an alignment of a virtual bench with this seed would have found; resolves with its uid. */
export async function storeAlignment(
  store: Store,
  {design, folder: designFolder}: SmallDesign,
  {
    benchSeed,
    parameters,
    verdict,
  }: {
    readonly benchSeed: number;
    /** Found values by name (`plate2.dx`), mm or degrees. */
    readonly parameters: Readonly<Record<string, number>>;
    readonly verdict: AlignmentResult['verdict'];
  },
): Promise<string> {
  const designHash = design.file.contentHash;
  const {uid: sessionUid} = store.createSession({
    title: 'planes',
    operator: 'Ada',
    benchName: 'virtual bench',
    designHash,
    details: campaignDetails({benchSeed, designFolder}),
  });
  for (const name of ['design.json', ...design.file.layers.map(({heightMap}) => heightMap)])
    store.addArtifact({
      sessionUid,
      kind: artifactKinds.design,
      name,
      mediaType: 'application/octet-stream',
      metadata: {designHash},
      bytes: new Uint8Array(await readFile(join(designFolder, name))),
    });
  const {uid: runUid} = writeGridRun(store.recorder(sessionUid), {
    rows: 2,
    columns: 2,
    signalV: () => ({xV: 1, yV: 0}),
    start: {time: Date.now() / 1000},
  });
  const value: AlignmentRecord = {
    result: alignmentResult({
      verdict,
      reasons: verdict === 'doubtful' ? ['Much of the light is not explained.'] : [],
      parameters: Object.entries(parameters).map(([name, found]): AlignedParameter => ({
        name,
        value: found,
        sigma: 0.01,
        unit: name.endsWith('rotation') ? 'deg' : 'mm',
        identifiable: true,
      })),
    }),
    state: designedState(modelFrom(design).plates, design.file.illumination),
    method: 'rs',
    covariance: null,
    designName: design.file.name,
    programVersion: 'test',
    arrangement: asDesigned(design.file.layers.length),
    benchName: 'virtual bench',
    benchSeed,
    designHash,
    planes: [{runUid, label: '3', artifactUid: ''}],
  };
  return store.addCalibration({kind: alignmentKind, sessionUid, runUid, value});
}
