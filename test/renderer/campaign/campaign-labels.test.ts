import {describe, expect, it} from 'vitest';
import type {
  CampaignDigitResult,
  CampaignResult,
  MeasuredScore,
  RateResult,
} from '../../../src/contract/campaign-result.ts';
import {wilsonInterval} from '../../../src/base/wilson.ts';
import {
  isMatch,
  matchText,
  itemLight,
  likenessText,
  rateText,
  registrationSentence,
  scoreOf,
  shownAgainst,
  summarySentence,
  verdictPair,
  marginPartsText,
  verdictSentence,
  winnersText,
} from '../../../src/renderer/features/campaign/campaign-labels.ts';

const simulated = {
  winner: '7',
  shares: null,
  pearson: 0.98712,
  nrmse: 0.0812,
  shareError: null,
  strayRatio: null,
};

const digit = (
  measured: Partial<MeasuredScore> = {},
  registeredWinner: string | null = '7',
): CampaignDigitResult => ({
  label: '7',
  sample: 'digit 7 (image 9042)',
  runUid: 'u',
  pointCount: 10,
  measured: {
    winner: '7',
    runnerUp: '2',
    shares: null,
    sharesSigma: null,
    margin: 0.0412,
    marginSigma: 6.24,
    verdict: 'decided',
    strayRatio: null,
    problem: '',
    ...measured,
  },
  nominal: simulated,
  registered: {...simulated, winner: registeredWinner},
  treatment: {
    darkXV: 0,
    darkYV: 0,
    darkReadingCount: 0,
    signalPhaseDeg: 0,
    noiseV: 0,
    isDriftCorrected: false,
    driftNote: '',
    driftSpanRatio: null,
    isLinearised: false,
  },
});

const rate = (successes: number, count: number): RateResult => {
  const {low, high} = wilsonInterval(successes, count);
  return {successes, count, ratio: count === 0 ? null : successes / count, low, high, confidence: 0.95};
};

describe('the words for one digit', () => {
  it('say verdicts, agreement, margin and certainty', () => {
    expect(verdictSentence(digit(), 'nominal')).toBe(
      'measured 7, simulated 7, match; margin 0.041 = 6.2 σ of noise and drift alone, decided',
    );
    expect(verdictSentence(digit({winner: '2'}), 'nominal')).toContain('measured 2, simulated 7, no match;');
    expect(likenessText(simulated)).toBe('correlation 0.987, deviation 8.1 %');
  });

  it('let an undecided verdict match nothing', () => {
    const undecided = digit({verdict: 'undecided', marginSigma: 1.2});
    expect(isMatch(undecided, 'nominal')).toBe(false);
    expect(matchText(undecided, 'nominal')).toBe('undecided');
    expect(verdictPair(undecided, 'nominal')).toBe('7? / 7');
    expect(verdictSentence(undecided, 'nominal')).toContain(
      'no match yet; margin 0.041 = 1.2 σ of noise and drift alone, undecided',
    );
  });

  it('choose the simulation that was asked for', () => {
    expect(isMatch(digit({}, '2'), 'nominal')).toBe(true);
    expect(isMatch(digit({}, '2'), 'registered')).toBe(false);
    expect(matchText(digit({}, '2'), 'nominal')).toBe('match');
    expect(matchText(digit({}, '2'), 'registered')).toBe('differ');
    expect(verdictPair(digit({}, null), 'registered')).toBe('7 / –');
  });

  it('say why there is no verdict', () => {
    const unscored = digit({winner: null, problem: 'Region 3 was not measured.'});
    expect(verdictSentence(unscored, 'nominal')).toBe('No verdict: Region 3 was not measured.');
    expect(isMatch(unscored, 'nominal')).toBeNull();
  });

  it('say what a margin is uncertain by, the most important first, and what is not known', () => {
    const parts = {
      noise: 0.0001,
      source: null,
      drift: 0.002,
      dark: 0,
      undersampling: 0.006,
      registration: 0.001,
    };
    const {measured, ...rest} = digit({marginError: {sigma: 0.0064, parts}});
    expect(verdictSentence({...rest, measured}, 'nominal')).toContain('margin 0.041 ±0.006 = 6.2 σ, decided');
    expect(marginPartsText(measured)).toBe(
      'Margin uncertain by undersampling by the scan 0.0060, drift 0.0020, registration of the frame 0.0010; not known: noise of the source',
    );
    expect(marginPartsText(digit({}).measured)).toBe('');
  });

  it('do not invent a sigma where no noise is known', () => {
    expect(verdictSentence(digit({marginSigma: null}), 'nominal')).toContain('margin 0.041, decided');
  });
});

describe('the state of a digit', () => {
  it('is a word and a light, and being excluded stands above all', () => {
    expect(itemLight({state: 'running', isExcluded: false})).toEqual({light: 'busy', label: 'measuring'});
    expect(itemLight({state: 'done', isExcluded: true})).toEqual({light: 'attention', label: 'excluded'});
  });
});

describe('the words for the whole campaign', () => {
  it('give rates with their interval', () => {
    expect(rateText(rate(9, 10))).toBe('9 of 10 (90 %, 95 % interval 60 % to 98 %)');
    expect(rateText(rate(0, 0))).toBe('nothing counted yet');
  });

  it('sum up what was found', () => {
    const matrix = {counts: [], undecided: [], meanShares: []};
    const result = {
      labels: [],
      decisionLevelSigma: 3,
      registration: {dxMm: 0, dyMm: 0, rotationDeg: 0},
      digits: [],
      excluded: [],
      matchNominal: rate(2, 3),
      matchRegistered: rate(3, 3),
      accuracyMeasured: rate(3, 3),
      accuracyNominal: rate(3, 3),
      accuracyRegistered: rate(3, 3),
      undecidedCount: 1,
      matrices: {measured: matrix, nominal: matrix, registered: matrix},
      pointCount: 0,
    };
    expect(summarySentence(result, 2)).toMatch(
      /agree for 2 of 3 .* as designed, 3 of 3 .* as registered\. 1 is undecided, 2 excluded\.$/,
    );
  });

  it('say what the winners are where some are not certain', () => {
    const winners = {
      matchNominal: rate(3, 3),
      matchRegistered: rate(2, 3),
      accuracyMeasured: rate(1, 3),
    };
    expect(winnersText({undecidedCount: 1, winners})).toMatch(
      /^The winner alone is the true class for 1 of 3 .* for 2 of 3 .* as registered\.$/,
    );
    expect(winnersText({undecidedCount: 1, winners: {...winners, matchAligned: rate(3, 3)}})).toMatch(
      /for 3 of 3 .* as aligned\.$/,
    );
    expect(winnersText({undecidedCount: 0, winners})).toBe('');
    expect(winnersText({undecidedCount: 1})).toBe('');
  });

  it('say where the frame stands, and what is doubtful', () => {
    const fit = {
      sigma: {dxMm: 0.004, dyMm: 0.005, rotationDeg: 0.03},
      gain: 1,
      offset: 0,
      pearsonBefore: 0.91,
      pearsonAfter: 0.985,
      pearsonSecond: null,
      isAmbiguous: true,
      isAtBound: false,
      pointCount: 100,
    };
    const sentence = registrationSentence({dxMm: 0.312, dyMm: -0.2, rotationDeg: 0.4, fit});
    expect(sentence).toContain('x 0.312 ±0.004 mm, y −0.200 ±0.005 mm, turned 0.40 ±0.03 deg');
    expect(sentence).toContain('correlation 0.910 before, 0.985 after');
    expect(sentence).toContain('another place fits nearly as well');
    expect(registrationSentence({dxMm: 0, dyMm: 0, rotationDeg: 0})).toContain('given, not fitted');
  });
});

it('shows the simulation as aligned only to campaigns that have one', () => {
  // Only what is looked at.
  const withAlignment = (alignment: object | undefined) => ({alignment}) as unknown as CampaignResult;
  const result = withAlignment(undefined);
  const aligned = withAlignment({placementUid: 'p'});
  expect(shownAgainst('aligned', result)).toBe('registered');
  expect(shownAgainst('aligned', aligned)).toBe('aligned');
  // Nothing is known yet: the choice stays.
  expect(shownAgainst('aligned', null)).toBe('aligned');
  expect(shownAgainst('nominal', aligned)).toBe('nominal');
  expect(scoreOf(digit(), 'aligned').winner).toBeNull();
  expect(verdictPair(digit(), 'aligned')).toBe('7 / –');
  expect(isMatch(digit(), 'aligned')).toBeNull();
  expect(isMatch({...digit(), aligned: simulated}, 'aligned')).toBe(true);
});
