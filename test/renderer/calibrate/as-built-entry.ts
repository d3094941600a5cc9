import type {AsBuiltEntry} from '../../../src/contract/api/index.ts';

const found = {value: 0.31, sigma: 0.012};
/** A record of a network with one plate. */
export const asBuiltEntry: AsBuiltEntry = {
  uid: 'built',
  timeS: 1_790_000_000,
  sessionUid: 's',
  benchName: 'north',
  benchSeed: null,
  status: 'current',
  statusText: '',
  record: {
    version: 2,
    designHash: 'sha256:1',
    designName: 'digits',
    alignmentUid: 'a',
    plates: [
      {
        plate: 1,
        dxMm: found,
        dyMm: found,
        dzMm: found,
        rotationDeg: found,
        refractiveIndex: {value: 1.7227, sigma: null},
        extinction: 0.03,
        heights: {
          source: 'fitted',
          rmsMm: 0.0215,
          meanMm: 0,
          errorMm: 0.0432,
          recovered: [],
          resolutionMm: null,
        },
      },
    ],
    heightsArtifactUid: 'h',
    fittedRunUids: ['r1', 'r2'],
    fittedPointCount: 12_800,
    measuredHeightsUids: [],
    by: 'Ada',
    programVersion: '0',
  },
};
