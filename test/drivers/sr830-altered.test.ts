import {describe, expect, it} from 'vitest';
import {numberFromText} from '../../drivers/kit/index.ts';
import {
  AgreementLimit,
  inOrder,
  isAnswerBefore,
  judgeReading,
  snapAt,
  type ReadingContext,
} from '../../drivers/lockin/sr830-reading.ts';
import {createRandom, type Random} from '../../src/base/random.ts';
import {formatG} from '../../src/virtual/number-text.ts';

const replyCount = 40_000;
const sensitivitiesV = [1e-4, 1e-3, 5e-3, 0.02, 0.1, 1];
const timeConstantsS = [0.001, 0.003, 0.03, 0.3];

interface Signal {
  readonly values: readonly [x: number, y: number, r: number, thetaDeg: number];
  readonly context: ReadingContext;
}

/** One reading, in 16 bits, of any strength in any range; `noise`: what its noise does between the two pairs, of full scale. */
function drawSignal(random: Random, noise: number, given?: ReadingContext): Signal {
  const context: ReadingContext = given ?? {
    fullScale: sensitivitiesV[random.integer(sensitivitiesV.length)],
    timeConstantS: timeConstantsS[random.integer(timeConstantsS.length)],
    offsets: {xPercent: 0, yPercent: 0, rPercent: 0},
  };
  const {fullScale} = context;
  const step = 2 ** (Math.ceil(Math.log2(1.09 * fullScale)) - 15);
  const inSteps = (value: number): number => Math.round(value / step) * step;
  const strength = fullScale * 10 ** (-3 * random.uniform());
  const phase = 2 * Math.PI * random.uniform();
  const [x, y] = [strength * Math.cos(phase), strength * Math.sin(phase)];
  const later = [x, y].map((value) => value + noise * fullScale * random.normal());
  const thetaDeg = (Math.atan2(later[1], later[0]) * 180) / Math.PI;
  return {
    values: [
      inSteps(x),
      inSteps(y),
      inSteps(Math.hypot(later[0], later[1])),
      Math.round(128 * thetaDeg) / 128,
    ],
    context,
  };
}

/** As it is told at a turn. */
function textAt(turn: number, values: Signal['values']): string {
  const parameters = snapAt(turn).slice('SNAP?'.length).split(',').map(Number);
  return parameters.map((parameter) => formatG(values[parameter - 1])).join(',');
}

/** One thing that goes wrong on a line: a byte, a bit, a byte less or more, two in the wrong order, a field from elsewhere. */
function alter(text: string, before: string, random: Random): string {
  const at = random.integer(text.length);
  const [head, tail] = [text.slice(0, at), text.slice(at + 1)];
  const fields = text.split(',');
  const field = random.integer(fields.length);
  switch (random.integer(7)) {
    case 0:
      return head + '0123456789'[random.integer(10)] + tail;
    case 1:
      return head + String.fromCharCode(32 + random.integer(95)) + tail;
    case 2:
      return head + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.integer(7))) + tail;
    case 3:
      return head + tail;
    case 4:
      return head + text[at] + text[at] + tail;
    case 5:
      return at + 1 < text.length ? head + text[at + 1] + text[at] + text.slice(at + 2) : tail;
    default:
      fields[field] = before.split(',')[field];
      return fields.join(',');
  }
}

function valuesOf(turn: number, text: string): readonly number[] | undefined {
  const numbers = text
    .split(',')
    .map(numberFromText)
    .filter((value) => value !== undefined);
  return text.split(',').length === 4 && numbers.length === 4 ? inOrder(turn, numbers) : undefined;
}

/** What became of altered replies; errors are those of X + iY, of full scale. */
interface Taken {
  /** Taken although their numbers are not those that were told. */
  readonly taken: number;
  /** Of these, further off than 0.1 % of full scale. */
  readonly offByAThousandth: number;
  readonly worstError: number;
  /** The largest error beside what was allowed for it. */
  readonly worstOfAllowed: number;
}

/** Alters replies one by one and asks the check, which has seen five sound readings of the same range and noise. */
function takeAltered(noise: number): Taken {
  const random = createRandom(`altered replies ${noise}`);
  let [altered, taken, offByAThousandth, worstError, worstOfAllowed] = [0, 0, 0, 0, 0];
  for (let turn = 0; altered < replyCount; turn++) {
    const {values, context} = drawSignal(random, noise);
    const limit = new AgreementLimit();
    for (let before = 0; before < 5; before++) {
      const sound = judgeReading(drawSignal(random, noise, context).values, context);
      if (sound) limit.note(sound);
    }
    const text = textAt(turn, values);
    const told = alter(text, textAt(turn, drawSignal(random, noise, context).values), random);
    if (told === text) continue;
    altered += 1;
    const read = valuesOf(turn, told);
    const judged = read && judgeReading(read, context);
    if (!judged || !limit.admits(judged, context)) continue;
    const original = valuesOf(turn, text) ?? [];
    if (read.every((value, index) => value === original[index])) continue;
    const error = Math.hypot(read[0] - original[0], read[1] - original[1]);
    taken += 1;
    if (error > context.fullScale / 1000) offByAThousandth += 1;
    worstError = Math.max(worstError, error / context.fullScale);
    worstOfAllowed = Math.max(worstOfAllowed, error / (judged.rounding + limit.noiseLimit(context)));
  }
  return {taken, offByAThousandth, worstError, worstOfAllowed};
}

describe('40,000 altered replies of an SR830', () => {
  it('are taken only where they are wrong by less than twice the rounding of the instrument', () => {
    const {taken, offByAThousandth, worstError, worstOfAllowed} = takeAltered(0);
    expect(offByAThousandth).toBe(0);
    expect(worstError).toBeLessThan(4e-4);
    expect(worstOfAllowed).toBeLessThan(2);
    // Mostly the last of six digits, which 16 bits do not carry.
    expect(taken / replyCount).toBeLessThan(0.2);
  });

  it('are taken within the noise that the readings before have shown, where that is larger', () => {
    const {worstOfAllowed, worstError} = takeAltered(3e-4);
    // Twice what is allowed, and the noise of the sound reading itself.
    expect(worstOfAllowed).toBeLessThan(4);
    expect(worstError).toBeLessThan(0.004);
  });

  it('are never taken where they answer one of the three questions before', () => {
    const random = createRandom('late replies');
    let [taken, unrecognised] = [0, 0];
    for (let turn = 3; turn < replyCount; turn++) {
      const {values, context} = drawSignal(random, 0);
      const lag = 1 + random.integer(3);
      const answered = textAt(turn - lag, values)
        .split(',')
        .map(Number);
      const judged = judgeReading(inOrder(turn, answered), context);
      if (judged && new AgreementLimit().admits(judged, context)) taken += 1;
      else if (!isAnswerBefore(turn, answered, context)) unrecognised += 1;
    }
    expect({taken, unrecognised}).toEqual({taken: 0, unrecognised: 0});
  });
});

describe('noise of readings', () => {
  const context: ReadingContext = {
    fullScale: 0.1,
    timeConstantS: 0.001,
    offsets: {xPercent: 0, yPercent: 0, rPercent: 0},
  };

  it('is what the limit follows: sound readings are taken from the fourth on, and nearly all behind it', () => {
    const random = createRandom('noisy readings');
    const limit = new AgreementLimit();
    let refused = 0;
    for (let count = 0; count < 2000; count++) {
      const judged = judgeReading(drawSignal(random, 5e-4, context).values, context);
      if (!judged) throw new Error('a sound reading');
      if (!limit.admits(judged, context)) refused += 1;
      limit.note(judged);
    }
    expect(refused).toBeLessThan(80);
  });

  it('is not made of one damaged reading, nor larger than a change of full scale in a time constant', () => {
    const limit = new AgreementLimit();
    for (const distance of [0, 0, 0.05, 0, 0]) {
      limit.note({reading: {xV: 0, yV: 0, rV: 0, thetaDeg: 0}, distance, rounding: 1e-5});
    }
    expect(limit.noiseLimit(context)).toBe(0);
    for (let count = 0; count < 5; count++)
      limit.note({reading: {xV: 0, yV: 0, rV: 0, thetaDeg: 0}, distance: 0.05, rounding: 1e-5});
    expect(limit.noiseLimit(context)).toBeCloseTo(0.002, 9);
  });
});
