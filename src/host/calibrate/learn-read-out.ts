import {countOf} from '../../base/count-text.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ReadOutStudyData} from '../../contract/read-out-calibration.ts';
import type {ReadOutCorrection} from '../../twin/calibration/corrected-read-out.ts';
import {correctedScores, noCorrection} from '../../twin/calibration/corrected-read-out.ts';
import {
  calibrateReadOut,
  leastReadOutSamples,
  studyReadOut,
} from '../../twin/calibration/read-out-calibration.ts';
import type {ReadOutSample} from '../../twin/calibration/read-out-fit.ts';
import {
  computeConfusion,
  computeRate,
  createReadOut,
  findWinner,
  type ReadOut,
} from '../../twin/metrics/index.ts';
import {computeCampaign} from '../campaign/compute-campaign.ts';
import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {placeOfSession} from '../placements/placements.ts';
import type {Store} from '../store/open-store.ts';

export interface LearnReadOutRequest {
  /** Campaigns of one bench and one design. */
  readonly sessionUids: readonly string[];
  /** Most measured objects to learn from; all but those that test it unless given. */
  readonly learnedCount?: number | undefined;
  /** Objects that are kept to test it: a third of all unless given. */
  readonly testedCount?: number | undefined;
  readonly seed: number;
  /** Energies of objects that were simulated through the network as it was built; their fit is what it is drawn to. */
  readonly simulated?: readonly ReadOutSample[] | undefined;
}

/** A measured object of a campaign. */
interface MeasuredSample extends ReadOutSample {
  readonly runUid: string;
}

/** Objects that a test needs at least: fewer tell nothing. */
const leastTested = 10;

/**
 * Learns a correction of the read-out from the measured objects of campaigns and tests it by others of them. Throws
 * `plan/invalid` for campaigns of several benches or designs, and with too few objects, saying how many more are needed.
 */
export function learnReadOut(
  store: Store,
  {sessionUids, learnedCount, testedCount, seed, simulated = []}: LearnReadOutRequest,
): ReadOutStudyData {
  const {readOut, samples} = samplesOfSessions(store, sessionUids);
  const wantedTest = testedCount ?? Math.max(leastTested, Math.round(samples.length / 3));
  const most = Math.max(0, samples.length - wantedTest);
  const count = Math.min(learnedCount ?? most, most);
  if (count < leastReadOutSamples)
    throw new BenchError(
      'plan/invalid',
      `${countOf(samples.length, 'object')} of ${countOf(sessionUids.length, 'campaign')} can be scored: to learn from ${leastReadOutSamples} at least and to test by ${wantedTest} others ${leastReadOutSamples + wantedTest} are needed. Measure more digits on this bench, or test by fewer. Nothing was changed.`,
    );
  // Test objects are the last of each class, so that more objects to learn from leave the test as it is.
  const order = roundAndRound(samples);
  const test = order.slice(-wantedTest);
  const learned = order.slice(0, count);
  const towards =
    simulated.length >= leastReadOutSamples ? calibrateReadOut(readOut, simulated).correction : undefined;
  const study = studyReadOut(readOut, {learned, test}, {towards, seed});
  const {correction, family, sigma, crossEntropy, crossEntropyBefore} = study.chosen;
  const regionCount = samples[0].energies.length;
  const asItIs = noCorrection(readOut, regionCount);
  const rateBefore = studyRate(readOut, asItIs, test);
  return {
    correction: {weights: correction.weights.map((row) => [...row]), offsets: [...correction.offsets]},
    ...{family, sigma, crossEntropy, crossEntropyBefore},
    before: rateBefore.rate,
    after: study.after,
    curve: study.curve.map((point) => ({...point})),
    neededCount: study.neededCount,
    simulatedCount: towards ? simulated.length : 0,
    learnedRunUids: learned.map(({runUid}) => runUid),
    testedRunUids: test.map(({runUid}) => runUid),
    confusionBefore: rateBefore.confusion,
    confusionAfter: studyRate(readOut, correction, test).confusion,
  };
}

function studyRate(readOut: ReadOut, correction: ReadOutCorrection, test: readonly ReadOutSample[]) {
  const truths = test.map(({label}) => label);
  const winners = test.map(({energies}) => findWinner(correctedScores(readOut, correction, energies)));
  const {counts} = computeConfusion(readOut.labels.length, truths, winners);
  const right = winners.filter((winner, i) => winner === truths[i]).length;
  return {rate: computeRate(right, test.length), confusion: counts.map((row) => [...row])};
}

/** Every measured object of the campaigns that was scored, once each. */
function samplesOfSessions(
  store: Store,
  sessionUids: readonly string[],
): {readonly readOut: ReadOut; readonly samples: readonly MeasuredSample[]} {
  if (sessionUids.length === 0)
    throw new BenchError('plan/invalid', 'No campaign was named to learn from. Nothing was changed.');
  const places = sessionUids.map((uid) => JSON.stringify(placeOfSession(store, uid)));
  if (new Set(places).size > 1)
    throw new BenchError(
      'plan/invalid',
      'The campaigns are of several benches or designs; a read-out is calibrated on one. Nothing was changed.',
    );
  const readOut = createReadOut(campaignDetailsOf(store.getSession(sessionUids[0])));
  const samples = sessionUids.flatMap((uid) => samplesOf(computeCampaign(store, uid).result, readOut));
  return {readOut, samples};
}

/** Shares say all that a read-out of shares is learnt from. */
const samplesOf = ({digits}: CampaignResult, {labels}: ReadOut): MeasuredSample[] =>
  digits.flatMap(({label, runUid, measured: {shares}}) =>
    shares === null ? [] : [{energies: shares, label: labels.indexOf(label), runUid}],
  );

/** One of each class in turn, each class in the order in which it was measured. */
function roundAndRound(samples: readonly MeasuredSample[]): MeasuredSample[] {
  const counts = new Map<number, number>();
  return samples
    .map((sample) => {
      const round = counts.get(sample.label) ?? 0;
      counts.set(sample.label, round + 1);
      return {sample, round};
    })
    .sort((a, b) => a.round - b.round || a.sample.label - b.sample.label)
    .map(({sample}) => sample);
}
