import type {SessionDetailsByKind} from '../../../src/contract/stored/session-records.ts';

/** Details of a campaign's session without any digit, with what a test cares for. */
export const campaignDetails = (
  known: Partial<SessionDetailsByKind['campaign']> = {},
): SessionDetailsByKind['campaign'] => ({
  kind: 'campaign',
  programVersion: 'test',
  seed: 1,
  designName: 'digits',
  designFolder: '',
  regions: [],
  stepMm: 1,
  digits: [],
  illuminationNominal: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
  illuminationKnown: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
  probe: {kind: 'point'},
  benchSpeed: 1,
  isVirtual: true,
  ...known,
});

export const scanDetails: SessionDetailsByKind['scan'] = {
  kind: 'scan',
  plan: {plan: 'point'},
  programVersion: '0.1.0',
  benchSpeed: 1,
  isVirtual: true,
};
