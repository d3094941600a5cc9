import {describe, expect, it} from 'vitest';
import {assembleCampaignResult} from '../../../src/host/compare/assemble-campaign-result.ts';
import {campaignJsonFrom} from '../../../src/host/compare/campaign-json.ts';
import {processScan} from '../../../src/host/compare/process-scan.ts';
import {createSyntheticCampaign} from './synthetic-campaign.ts';

const frame = {dxMm: 0.6, dyMm: -0.4, rotationDeg: 0.8};

describe('processScan', () => {
  it('recovers linear, drift-free values from volts with dark level, phase, noise and drift', () => {
    const [digit] = createSyntheticCampaign({digits: [3], frame}).digits;
    const processed = processScan(digit);
    expect(processed.treatment).toMatchObject({isDriftCorrected: true, driftNote: '', isLinearised: false});
    // The dark level is known to 4.5e-8 V, a thousandth of the signal: 0.1 degree.
    expect(Math.abs((processed.treatment.signalPhaseDeg ?? NaN) - (0.05 * 180) / Math.PI)).toBeLessThan(0.4);
    expect(processed.treatment.noiseV).toBeGreaterThan(1.2e-7);
    expect(processed.treatment.noiseV).toBeLessThan(4e-7);
    // The middle of the run is the mean of the visits, so values are those without drift times 1.01.
    let largest = 0;
    processed.values.forEach((value, i) => {
      const pull =
        (value - 1.01e-4 * digit.simulatedRegistered[i]) / Math.hypot(processed.sigma[i], 0.002 * value);
      largest = Math.max(largest, Math.abs(pull));
    });
    expect(largest).toBeLessThan(6);
  });

  it('names the column that is broken', () => {
    const [digit] = createSyntheticCampaign({digits: [3], frame}).digits;
    const scan = {...digit.scan, real: digit.scan.real.with(4, NaN)};
    expect(() => processScan({...digit, scan})).toThrow('Point 5 of a scan has no number in real');
    expect(() => processScan({...digit, scan: {...digit.scan, imaginary: new Float64Array(2)}})).toThrow(
      'imaginary has 2',
    );
  });
});

describe('assembleCampaignResult', () => {
  const swapped = (digit: number): number => (digit === 9 ? 8 : digit);
  const {result, scans} = assembleCampaignResult(
    createSyntheticCampaign({digits: [0, 1, 5, 9], frame, measuredWinner: swapped}),
  );

  it('scores what was measured against both simulations', () => {
    expect(scans).toHaveLength(4);
    expect(result.digits.map(({measured}) => measured.winner)).toEqual(['0', '1', '5', '8']);
    expect(result.digits.map(({nominal}) => nominal.winner)).toEqual(['0', '1', '5', '9']);
    for (const {measured, nominal, registered, label} of result.digits) {
      expect(measured.shares!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(measured.verdict).toBe('decided');
      expect(measured.strayRatio).toBeGreaterThan(0);
      if (label === '9') continue;
      expect(registered.pearson).toBeGreaterThan(0.99);
      expect(registered.pearson!).toBeGreaterThan(nominal.pearson!);
      expect(registered.nrmse!).toBeLessThan(nominal.nrmse!);
      measured.shares!.forEach((share, k) =>
        expect(Math.abs(share - registered.shares![k])).toBeLessThan(5 * measured.sharesSigma![k] + 1e-3),
      );
    }
  });

  it('reads classes as the design says, with the shares of all regions beside them', () => {
    const classes = [
      {label: '0', positive: 0, negative: 1},
      {label: '5', positive: 5, negative: 4},
      {label: '9', positive: 9, negative: 8},
    ];
    const campaign = createSyntheticCampaign({digits: [0, 5, 9], frame});
    const {result: read} = assembleCampaignResult({...campaign, readOut: {kind: 'differential', classes}});
    expect(read.labels).toEqual(['0', '5', '9']);
    expect(read.regionLabels).toHaveLength(10);
    expect(read.digits.map(({measured}) => measured.winner)).toEqual(['0', '5', '9']);
    expect(read.digits.map(({registered}) => registered.winner)).toEqual(['0', '5', '9']);
    expect(read.matrices.measured.counts.map((row) => row.length)).toEqual([3, 3, 3]);
    expect(read.matrices.measured.meanShares[0]).toHaveLength(10);
    for (const {measured} of read.digits) {
      const scores = classes.map(({positive, negative}) => {
        const [plus, minus] = [measured.shares![positive], measured.shares![negative]];
        return (plus - minus) / (plus + minus);
      });
      const [first, second] = scores.toSorted((a, b) => b - a);
      expect(measured.margin).toBeCloseTo(first - second, 12);
      expect(measured.marginSigma).toBeCloseTo((first - second) / measured.marginError!.sigma, 6);
    }
  });

  describe('of a design that is read at two frequencies', () => {
    const frequenciesHz = [4e11, 3.5e11];
    // The light of a digit is in its region at the first frequency and in another one at the second.
    const at = (winnerOf: (digit: number) => number, brightness = 1) => {
      const one = createSyntheticCampaign({
        digits: [0, 5, 9],
        frame,
        measuredWinner: winnerOf,
        simulatedWinner: winnerOf,
      });
      const brighter = (values: Float64Array): Float64Array => values.map((value) => brightness * value);
      return {
        ...one,
        digits: one.digits.map((digit) => ({
          ...digit,
          simulatedNominal: brighter(digit.simulatedNominal),
          simulatedRegistered: brighter(digit.simulatedRegistered),
        })),
      };
    };
    const readOut = {
      kind: 'differential' as const,
      classes: Array.from({length: 10}, (_, k) => ({label: String(k), positive: k, negative: 10 + k})),
    };
    const campaignOf = (brightness: number) => {
      const [own, other] = [at(Number), at((digit) => (digit + 3) % 10, brightness)];
      const digits = own.digits.map((digit, i) => ({
        ...digit,
        further: [{...other.digits[i], runUid: `further-${i}`}],
      }));
      return {...own, digits, readOut, frequenciesHz};
    };
    const {result: both, furtherScans} = assembleCampaignResult(campaignOf(1));

    it('tells classes by both planes, with the shares of both', () => {
      expect(both.labels).toHaveLength(10);
      expect(both.regionLabels?.slice(9, 11)).toEqual(['9 (400 GHz)', '0 (350 GHz)']);
      expect(both.digits.map(({measured}) => measured.winner)).toEqual(['0', '5', '9']);
      expect(both.digits.map(({registered}) => registered.winner)).toEqual(['0', '5', '9']);
      expect(both.pointCount).toBe(2 * 3 * 45 * 45);
      expect(furtherScans.map(({length}) => length)).toEqual([1, 1, 1]);
      for (const {measured, further} of both.digits) {
        const sums = [measured.shares!.slice(0, 10), measured.shares!.slice(10)].map((own) =>
          own.reduce((sum, share) => sum + share, 0),
        );
        expect(sums).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
        expect(measured.sharesSigma).toHaveLength(20);
        expect(further?.[0].frequencyHz).toBe(3.5e11);
        const scores = readOut.classes.map(({positive, negative}) => {
          const [plus, minus] = [measured.shares![positive], measured.shares![negative]];
          return (plus - minus) / (plus + minus);
        });
        const [first, second] = scores.toSorted((a, b) => b - a);
        expect(measured.margin).toBeCloseTo(first - second, 12);
        // The class that is nearest in standard deviations need not be the runner-up.
        expect(measured.marginSigma!).toBeLessThanOrEqual(
          1.001 * ((first - second) / measured.marginError!.sigma),
        );
        expect(measured.verdict).toBe('decided');
      }
    });

    it('does not ask how bright one plane is against the other', () => {
      const {result: brighter} = assembleCampaignResult(campaignOf(40));
      for (const [i, {registered, nominal}] of brighter.digits.entries()) {
        expect(registered.winner).toBe(both.digits[i].registered.winner);
        registered.shares!.forEach((share, k) =>
          expect(share).toBeCloseTo(both.digits[i].registered.shares![k], 12),
        );
        expect(nominal.pearson).toBeCloseTo(both.digits[i].nominal.pearson!, 12);
      }
    });

    it('counts the errors of both planes', () => {
      const own = campaignOf(1);
      // The second plane is measured with ten times the noise.
      const noisy = createSyntheticCampaign({
        digits: [0, 5, 9],
        frame,
        measuredWinner: (digit) => (digit + 3) % 10,
        simulatedWinner: (digit) => (digit + 3) % 10,
        noiseV: 2e-6,
      });
      const {digits} = assembleCampaignResult({
        ...own,
        digits: own.digits.map((digit, i) => ({...digit, further: [noisy.digits[i]]})),
      }).result;
      digits.forEach(({measured}, i) => {
        const quiet = both.digits[i].measured;
        expect(measured.marginError!.parts.noise!).toBeGreaterThan(3 * quiet.marginError!.parts.noise!);
        // Of the first plane nothing has changed.
        expect(measured.sharesSigma![0]).toBeCloseTo(quiet.sharesSigma![0], 12);
      });
    });
  });

  it('counts matches, accuracy and matrices over the campaign', () => {
    expect(result.matchNominal).toMatchObject({successes: 3, count: 4, ratio: 0.75});
    expect(result.matchRegistered.successes).toBe(3);
    expect(result.accuracyMeasured.successes).toBe(3);
    expect(result.accuracyNominal.successes).toBe(4);
    expect(result.matrices.measured.counts[9][8]).toBe(1);
    expect(result.matrices.nominal.counts[9][9]).toBe(1);
    expect(result.matrices.measured.meanShares[2]).toBeNull();
    expect(result.matrices.measured.meanShares[9]).toEqual(result.digits[3].measured.shares);
    expect(result.pointCount).toBe(4 * 45 * 45);
  });

  it('prints the object of the command line, with numbers for digits and no lost figures', () => {
    const json = campaignJsonFrom(result, {session: 's', seconds: 12.5, report: '/r.html'});
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.digits[3]).toMatchObject({
      label: 9,
      simulated: {winner: 9},
      measured: {winner: 8, verdict: 'decided'},
      points: 2025,
    });
    expect(json.digits[0].pearson!).toBeGreaterThan(json.digits[0].pearsonNominal!);
    expect(json).toMatchObject({
      session: 's',
      matchRate: 0.75,
      matchRateRegistered: 0.75,
      accuracy: 0.75,
      points: 8100,
      seconds: 12.5,
      report: '/r.html',
    });
  });

  it('calls a digit undecided that noise drowns, and counts it as no match', () => {
    const {result: noisy} = assembleCampaignResult(
      createSyntheticCampaign({digits: [4], frame, noiseV: 2e-3, driftRatio: 0}),
    );
    expect(noisy.digits[0].measured.verdict).toBe('undecided');
    expect(noisy.digits[0].treatment.isDriftCorrected).toBe(false);
    expect(noisy.matchNominal.successes).toBe(0);
    expect(noisy.accuracyMeasured).toMatchObject({successes: 0, count: 1});
    // Its winner is counted apart, certain or not.
    const isRight = noisy.digits[0].measured.winner === '4' ? 1 : 0;
    expect(noisy.winners?.accuracyMeasured).toMatchObject({successes: isRight, count: 1});
    expect(noisy.winners).not.toHaveProperty('matchAligned');
  });

  it('counts the winner alone beside the certain verdicts', () => {
    const campaign = createSyntheticCampaign({digits: [0, 1, 5, 9], frame, measuredWinner: swapped});
    const {result: doubtful} = assembleCampaignResult({...campaign, decisionLevelSigma: 1e9});
    expect(doubtful.undecidedCount).toBe(4);
    expect(doubtful.matchNominal).toMatchObject({successes: 0, count: 4});
    expect(doubtful.winners?.matchNominal).toMatchObject({successes: 3, count: 4});
    expect(doubtful.winners?.matchRegistered).toMatchObject({successes: 3, count: 4});
    expect(doubtful.winners?.accuracyMeasured).toMatchObject({successes: 3, count: 4});
    // Where every verdict is certain both are the same.
    expect(result.winners?.matchNominal).toEqual(result.matchNominal);
  });

  it('knows a frame no better than its registration, and an ambiguous one not at all', () => {
    const input = createSyntheticCampaign({digits: [5], frame});
    const registeredWith = (isAmbiguous: boolean, lateralMm: number) => {
      const fit = {
        sigma: {dxMm: 0.01, dyMm: 0.01, rotationDeg: 0.01},
        gain: 1,
        offset: 0,
        pearsonBefore: 0.5,
        pearsonAfter: 0.9,
        pearsonSecond: 0.4,
        isAmbiguous,
        isAtBound: false,
        pointCount: 2025,
      };
      const tolerances = {lateralMm, rotationDeg: 0};
      const {digits} = assembleCampaignResult({...input, registration: {...frame, fit}, tolerances}).result;
      return digits[0].measured;
    };
    const partOf = ({marginError}: ReturnType<typeof registeredWith>): number =>
      marginError?.parts.registration ?? NaN;
    const [fitted, tolerant, ambiguous] = [
      registeredWith(false, 0),
      registeredWith(false, 0.1),
      registeredWith(true, 0),
    ];
    expect(partOf(fitted)).toBeGreaterThan(0);
    expect(partOf(tolerant)).toBeGreaterThan(5 * partOf(fitted));
    expect(partOf(ambiguous)).toBeGreaterThan(3 * partOf(tolerant));
    expect(ambiguous.marginSigma!).toBeLessThan(tolerant.marginSigma!);
    // The frame of the others was given, not fitted.
    expect(result.digits[0].measured.marginError?.parts.registration).toBeNull();
    const {sigma, parts} = tolerant.marginError!;
    expect(Math.hypot(...Object.values(parts).map((part) => part ?? 0))).toBeCloseTo(sigma, 12);
  });

  it('does not score a digit whose scan ended early, and leaves it out of the rates', () => {
    const input = createSyntheticCampaign({digits: [0, 7], frame});
    const cut = <Value>(value: Value): Value =>
      (value instanceof Float64Array ? value.subarray(0, 900) : value) as Value;
    const whole = input.digits[1];
    const early = {
      ...whole,
      scan: Object.fromEntries(
        Object.entries(whole.scan).map(([name, column]) => [name, cut(column)]),
      ) as never,
      simulatedNominal: cut(whole.simulatedNominal),
      simulatedRegistered: cut(whole.simulatedRegistered),
    };
    const {result: part} = assembleCampaignResult({...input, digits: [input.digits[0], early]});
    expect(part.digits[1].measured.problem).toContain('not fully measured: detector region');
    expect(part.digits[1].measured.shares).toBeNull();
    expect(part.digits[1].registered.pearson).toBeGreaterThan(0.9);
    expect(part.matchNominal).toMatchObject({successes: 1, count: 1});
    expect(
      campaignJsonFrom(part, {session: 's', seconds: 1, report: null}).digits[1].measured.winner,
    ).toBeNull();
  });

  it('refuses a label without a region and a simulation of other points', () => {
    const input = createSyntheticCampaign({digits: [1], frame});
    const [digit] = input.digits;
    expect(() => assembleCampaignResult({...input, digits: [{...digit, label: 'x'}]})).toThrow(
      'no class of the design',
    );
    expect(() =>
      assembleCampaignResult({...input, digits: [{...digit, simulatedNominal: new Float64Array(3)}]}),
    ).toThrow('3 values for 2025');
  });

  it('adds the simulation as aligned only where there is one, and leaves all other figures as they were', () => {
    const input = createSyntheticCampaign({digits: [0, 1, 5, 9], frame, measuredWinner: swapped});
    // Of the last digit nothing was predicted.
    const digits = input.digits.map((digit, i) =>
      i === 3 ? digit : {...digit, simulatedAligned: digit.simulatedRegistered},
    );
    const alignment = {placementUid: 'p', alignmentUid: 'a', alignedAtS: 1000, fittedRunUids: []};
    const aligned = assembleCampaignResult({...input, digits, alignment}).result;
    expect(aligned.digits.map((digit) => digit.aligned?.winner)).toEqual(['0', '1', '5', undefined]);
    expect(aligned.alignment).toMatchObject({
      ...alignment,
      matchAligned: {successes: 3, count: 3},
      accuracyAligned: {successes: 3, count: 3},
    });
    expect(aligned.digits[0].aligned).toEqual(aligned.digits[0].registered);
    expect(aligned.matchNominal).toEqual(result.matchNominal);
    expect(result.alignment).toBeUndefined();
    expect(result.matrices.aligned).toBeUndefined();
    const about = {session: 's', seconds: 1, report: null};
    expect(campaignJsonFrom(aligned, about)).toMatchObject({
      matchRateAligned: 1,
      rates: {matchAligned: {count: 3}},
      digits: [{simulatedAligned: {winner: 0}}, {}, {}, {}],
    });
    expect(campaignJsonFrom(result, about)).not.toHaveProperty('matchRateAligned');
  });

  it('counts digits that the alignment was fitted on apart from the others', () => {
    const input = createSyntheticCampaign({digits: [0, 1, 5, 9], frame, measuredWinner: swapped});
    const digits = input.digits.map((digit) => ({...digit, simulatedAligned: digit.simulatedRegistered}));
    const [first, second] = digits.map(({runUid}) => runUid);
    const alignment = {
      placementUid: 'p',
      alignmentUid: 'a',
      alignedAtS: 1000,
      // One of another campaign is none of these digits.
      fittedRunUids: [first, second, 'elsewhere'],
    };
    const {result: aligned} = assembleCampaignResult({...input, digits, alignment});
    const {matchAligned, matchFitted, matchOthers, fittedRunUids} = aligned.alignment ?? {};
    expect(fittedRunUids).toEqual([first, second]);
    expect([matchFitted?.count, matchOthers?.count]).toEqual([2, 2]);
    expect((matchFitted?.successes ?? 0) + (matchOthers?.successes ?? 0)).toBe(matchAligned?.successes);
    // The digit of the second half that the bench sees as another is told from the fitted ones.
    expect(matchFitted?.successes).toBe(2);
    expect(matchOthers?.successes).toBeLessThan(2);
    expect(campaignJsonFrom(aligned, {session: 's', seconds: 1, report: null})).toMatchObject({
      rates: {matchAlignedFitted: {count: 2}, matchAlignedOthers: {count: 2}},
    });
  });
});
