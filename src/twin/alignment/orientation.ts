import type {OrientationFinding} from '../../contract/alignment.ts';
import {asDesigned, singleMistakes, type Arrangement} from './arrangement.ts';
import {captureBench, findLackRatio, type CaptureResult, type SearchRange} from './capture.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {evaluateWith, type EvaluateBench} from './problem.ts';
import type {BenchState} from './state.ts';

export interface OrientationSearch {
  readonly arrangement: Arrangement;
  readonly capture: CaptureResult;
  /** Best first, `as designed` among them. */
  readonly findings: readonly OrientationFinding[];
}

interface Hypothesis {
  readonly text: string;
  readonly arrangement: Arrangement;
  state: BenchState;
  lackRatio: number;
}

export interface OrientationOptions {
  readonly range?: SearchRange | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (text: string, doneRatio: number) => void;
}

/** How many hypotheses go from one round to the next. */
const rounds = [
  {keep: 16, schedules: undefined},
  {keep: 5, schedules: [[2]] as const},
  {keep: 2, schedules: [[]] as const},
] as const;
/** A hypothesis wins when it leaves less than this part of what the next best leaves. */
const clearlyLess = 0.6;

/**
 * Tries every single assembly mistake (a plate in one of the other seven orientations, two plates exchanged, the mask
 * or the scan seen otherwise) against the planes. All are looked at as they are; the better ones are aligned a
 * little, the best ones thoroughly, and only what then explains the planes clearly better than everything as designed
 * is believed.
 */
export async function searchOrientation(
  evaluate: EvaluateBench,
  planes: readonly MeasuredPlane[],
  start: BenchState,
  designed: CaptureResult,
  options: OrientationOptions = {},
): Promise<OrientationSearch> {
  const {range, signal, onStep} = options;
  const right = asDesigned(start.plates.length);
  const indices = planes.map((_, i) => i);
  let field: Hypothesis[] = singleMistakes(start.plates.length).map((mistake) => ({
    ...mistake,
    state: start,
    lackRatio: Infinity,
  }));
  for (const [i, hypothesis] of field.entries()) {
    signal?.throwIfAborted();
    onStep?.(hypothesis.text, (0.4 * i) / field.length);
    const coarse = evaluateWith(evaluate, 'coarse', hypothesis.arrangement);
    hypothesis.lackRatio = await findLackRatio(coarse, planes, indices, start);
  }
  const all = field;
  for (const {keep, schedules} of rounds) {
    field = [...field].sort((a, b) => a.lackRatio - b.lackRatio).slice(0, keep);
    if (!schedules) continue;
    for (const hypothesis of field) {
      onStep?.(hypothesis.text, 0.6);
      const capture = await captureBench(evaluate, planes, hypothesis.state, {
        ...(range ? {range} : {}),
        arrangement: hypothesis.arrangement,
        schedules,
        signal,
      });
      hypothesis.state = capture.state;
      hypothesis.lackRatio = capture.lackRatio;
    }
    if (field.some(({lackRatio}) => lackRatio < 0.5 * designed.lackRatio)) break;
  }
  const [best] = [...field].sort((a, b) => a.lackRatio - b.lackRatio);
  const isBetter = best.lackRatio < clearlyLess * designed.lackRatio;
  const findings = [
    {text: 'as designed', lackRatio: designed.lackRatio, isChosen: !isBetter},
    ...all.map(({text, lackRatio, arrangement}) => ({
      text,
      lackRatio,
      isChosen: isBetter && arrangement === best.arrangement,
    })),
  ].sort((a, b) => a.lackRatio - b.lackRatio);
  return isBetter
    ? {
        arrangement: best.arrangement,
        capture: {state: best.state, lackRatio: best.lackRatio, isCaptured: true},
        findings,
      }
    : {arrangement: right, capture: designed, findings};
}
