import {describe, expect, it} from 'vitest';
import type {Msg} from '../../../src/contract/messages.ts';
import {planSpecSchema} from '../../../src/contract/plan-spec.ts';
import {wavelengthMmFromHz} from '../../../src/contract/units.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {type Averaging, passesOf} from '../../../src/host/plans/grid-passes.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {planFromSpec} from '../../../src/host/plans/plan-from-spec.ts';
import {rippleScan} from '../../../src/host/plans/ripple.ts';
import {scanMonitors} from '../../../src/host/scan/scan-monitors.ts';
import {collect} from './message-collector.ts';

const outputFrequencyHz = 4e11;
const lengthMm = 600;
const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 1, stepMm: 1, order: 'snake'} as const;
const options = {roles: defaultRoles, dwell: defaultDwell, grid};
const ofPlane = (xMm: number, yMm: number): number => 1e-3 * (3 + xMm + 0.5 * yMm);

/** Light between two mirrors of some reflection, with `harmonics` of its ripple. */
const standing =
  (harmonics: readonly number[]) =>
  (
    xMm: number,
    yMm: number,
    {zMm, frequencyHz = outputFrequencyHz}: {zMm: number; frequencyHz?: number | undefined},
  ) => {
    const phase = (4 * Math.PI * (lengthMm + zMm)) / wavelengthMmFromHz(frequencyHz) + 0.4;
    const ripple = harmonics.reduce((sum, part, k) => sum + part * Math.cos((k + 1) * phase), 1);
    return ofPlane(xMm, yMm) * ripple;
  };

const averaging: Averaging = {planes: 1, frequencies: 1, ditherSpanHz: 250e6, outputFrequencyHz};

const recordsOf = (messages: readonly Msg[]) =>
  messages.flatMap((message) =>
    message.type === 'record' && message.stream === 'primary' ? [message.data] : [],
  );

/** Largest difference of the averaged plane from the light without a standing wave, of that. */
function worstOf(own: Partial<Averaging>, harmonics: readonly number[]) {
  const {messages, result} = collect(gridScan({...options, averaging: {...averaging, ...own}}), {
    signalV: standing(harmonics),
  });
  const records = recordsOf(messages);
  const expected = [-1, 0, 1].flatMap((x) => [x]).map((x) => x);
  const cells = [-0.5, 0.5].flatMap((y) => expected.map((x) => ofPlane(x, y)));
  const worst = Math.max(...cells.map((value, cell) => Math.abs((result?.real[cell] ?? NaN) / value - 1)));
  return {worst, records, messages};
}

describe('a grid that is averaged against standing waves', () => {
  it('has none in the mean of two planes a quarter wave apart; each plane is stored with its distance', () => {
    expect(worstOf({}, [0.2]).worst).toBeGreaterThan(0.05);
    const {worst, records, messages} = worstOf({planes: 2}, [0.2]);
    expect(worst).toBeLessThan(1e-12);
    expect(records).toHaveLength(12);
    const quarterMm = wavelengthMmFromHz(outputFrequencyHz) / 4;
    expect(records[11]['z_mm'] - records[0]['z_mm']).toBeCloseTo(quarterMm, 9);
    expect(records.map(({pass}) => pass)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    // What the mean has taken out, and the detector back where it stood.
    const levels = messages.flatMap((message) => (message.type === 'derive' ? [message.work()] : []));
    expect((levels[0]?.['strength_ratio'] ?? 0) + (levels[1]?.['strength_ratio'] ?? 0)).toBeCloseTo(2, 9);
    expect(levels[0]?.['strength_ratio']).not.toBeCloseTo(1, 2);
    expect(messages.findLast((message) => message.type === 'move')).toMatchObject({targetMm: {z: 0}});
  });

  it('needs four planes where the ripple has a second harmonic', () => {
    expect(worstOf({planes: 2}, [0.2, 0.05]).worst).toBeGreaterThan(0.01);
    expect(worstOf({planes: 4}, [0.2, 0.05]).worst).toBeLessThan(1e-12);
  });

  it('has none in the mean over frequencies that span c / (2 L)', () => {
    const ditherSpanHz = 299_792_458_000 / (2 * lengthMm);
    for (const frequencies of [2, 3, 5]) {
      const {worst, records} = worstOf({frequencies, ditherSpanHz}, [0.2]);
      expect(worst).toBeLessThan(1e-9);
      expect(new Set(records.map((data) => data['output_frequency_hz'])).size).toBe(frequencies);
    }
  });

  it('measures planes within frequencies, so that RF goes off only between those', () => {
    const passes = passesOf({...averaging, planes: 2, frequencies: 3});
    expect(passes.map((pass) => pass.outputFrequencyHz)).toEqual(
      [-1, -1, 0, 0, 1, 1].map((k) => outputFrequencyHz + (k * 250e6) / 3),
    );
    const {messages} = worstOf({planes: 2, frequencies: 3}, [0.2]);
    expect(messages.filter((message) => message.type === 'call')).toHaveLength(3);
  });

  it('visits its reference anew in each light, and closes the one before', () => {
    const {messages} = collect(
      gridScan({
        ...options,
        averaging: {...averaging, planes: 2},
        reference: {every: 100, atMm: {xMm: 0, yMm: 0}},
      }),
      {signalV: standing([0.2])},
    );
    const visits = messages.flatMap((message) =>
      message.type === 'record' && message.stream === 'reference' ? [message.data] : [],
    );
    expect(visits.map((data) => data['after_point_count'])).toEqual([0, 6, 6, 12]);
  });

  it('is asked for by fields of the plan, and refused where the stage has no axis along the beam', () => {
    const spec = planSpecSchema.parse({plan: 'grid', widthMm: 1, heightMm: 1, stepMm: 1, averagePlanes: 2});
    const {messages} = collect(planFromSpec(spec, {outputFrequencyHz}), {signalV: standing([0.1])});
    expect(messages.find((message) => message.type === 'open-run')).toMatchObject({
      run: {pointCount: 8, planArgs: {averagePlanes: 2, averageFrequencies: 1}},
    });
    expect(collect(planFromSpec(spec)).error).toMatchObject({code: 'plan/invalid'});
    const plan = planFromSpec(spec, {outputFrequencyHz});
    plan.next();
    expect(() => plan.next({x_mm: 0, y_mm: 0})).toThrow(/no axis along the beam/);
  });
});

describe('a scan along the beam', () => {
  it('finds the ripple, keeps it with the run, and brings the detector back', () => {
    const {messages, result} = collect(
      rippleScan({
        ...options,
        ...{xMm: 0.5, yMm: 0, spanMm: 1.5, stepMm: 0.05, outputFrequencyHz},
        find: scanMonitors.findRipple,
      }),
      {signalV: standing([0.08])},
    );
    expect(result?.ripple?.amplitudeRatio).toBeCloseTo(0.08, 3);
    expect(result?.ripple?.periodMm).toBeCloseTo(wavelengthMmFromHz(outputFrequencyHz) / 2, 4);
    const notes = messages.flatMap((message) => (message.type === 'note' ? [message.text] : []));
    expect(notes).toEqual([
      expect.stringMatching(/^A standing wave swings the light by 8\.0\d .* Two planes/),
    ]);
    expect(recordsOf(messages)).toHaveLength(31);
    expect(messages.findLast((message) => message.type === 'move')).toMatchObject({targetMm: {z: 0}});
  });
});
