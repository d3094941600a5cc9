import {assembleCampaignResult} from '../../../src/host/compare/assemble-campaign-result.ts';
import type {MaskPicture, ReportData} from '../../../src/host/report/report-data.ts';
import {createSyntheticCampaign, type SyntheticOptions} from '../compare/synthetic-campaign.ts';

/** An L with its foot to the right: shows at once when a picture is mirrored or upside down. */
const createMask = (): MaskPicture => {
  const count = 40;
  const amplitude = new Float64Array(count * count);
  for (let row = 8; row < 32; row++)
    for (let column = 14; column < 28; column++)
      if (column < 18 || row < 12) amplitude[row * count + column] = 1;
  return {count, pitchMm: 0.8, amplitude};
};

/** A report on synthetic data, as the campaign would hand it over. */
export function createSyntheticReport(options: Partial<SyntheticOptions> & {text?: string} = {}): ReportData {
  const {text = 'plain', ...rest} = options;
  const input = createSyntheticCampaign({
    digits: [0, 7],
    frame: {dxMm: 0.6, dyMm: -0.4, rotationDeg: 0.8},
    ...rest,
  });
  const {result, scans} = assembleCampaignResult({
    ...input,
    registration: {
      ...input.registration,
      fit: {
        sigma: {dxMm: 0.004, dyMm: 0.005, rotationDeg: 0.02},
        gain: 1e-4,
        offset: 0,
        pearsonBefore: 0.41,
        pearsonAfter: 0.93,
        pearsonSecond: 0.5,
        isAmbiguous: false,
        isAtBound: false,
        pointCount: 2025,
      },
    },
  });
  return {
    title: `Ten digits through the bench: ${text}`,
    session: {uid: '0d5c2f2e', title: text, operator: text, benchName: text},
    startedAt: '2026-11-24T10:00:00.000Z',
    endedAt: '2026-11-24T10:02:41.000Z',
    seconds: 161,
    writtenAt: '2026-11-24T10:02:42.000Z',
    regions: input.regions,
    result,
    digits: input.digits.map((digit, i) => ({
      scan: scans[i],
      simulatedNominal: digit.simulatedNominal,
      simulatedRegistered: digit.simulatedRegistered,
      mask: createMask(),
    })),
    instruments: [
      {
        role: 'lockin',
        model: text,
        identity: text,
        settings: {timeConstantS: 0.03, slopeDbPerOctave: 12, reserve: text},
      },
      {role: 'source', model: 'SCPI', identity: 'x36', settings: {powerDbm: 10, isOutputOn: true}},
    ],
    provenance: [
      ['design', `sha256:${'ab'.repeat(32)}`],
      ['seed', text],
    ],
  };
}
