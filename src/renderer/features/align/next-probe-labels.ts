import {digitsText, micrometreText} from '../../../base/number-format.ts';
import {countOf} from '../../../base/count-text.ts';
import type {PredictedSigmaData, ProbePlan} from '../../../contract/probe-plan.ts';
import {durationText} from '../../parts/index.ts';

/** One row of the table of what to measure next. */
export interface ProbeRow {
  readonly key: string;
  readonly name: string;
  readonly lateral: string;
  readonly rotation: string;
  readonly axial: string;
  /** Points and time that it adds; '' for what is measured already. */
  readonly cost: string;
  /** Ids of what is to be measured for it: this object and those before it. */
  readonly objects: readonly string[];
}

const umText = (mm: number | null): string => (mm === null ? 'not determined' : micrometreText(mm));
const degText = (deg: number | null): string => (deg === null ? 'not determined' : `${digitsText(deg, 2)}°`);

const sigmaTexts = ({lateralMm, rotationDeg, axialMm}: PredictedSigmaData) => ({
  lateral: umText(lateralMm),
  rotation: degText(rotationDeg),
  axial: umText(axialMm),
});

/** What is known now, then with each next object and those before it, scanned as a campaign does. */
export function probeRows({measured, objects, scans}: ProbePlan): readonly ProbeRow[] {
  const [own] = scans;
  return [
    ...(measured
      ? [
          {
            key: 'measured',
            name: `${countOf(measured.planeCount, 'plane')} of this alignment`,
            ...sigmaTexts(measured.sigma),
            cost: '',
            objects: [],
          },
        ]
      : []),
    ...objects.map(({id, label, sigma}, i) => {
      const seconds = own.after[i].seconds;
      const points = countOf((i + 1) * own.pointCount, 'point');
      return {
        key: id,
        name: `${i === 0 ? '' : 'and '}digit ${label}`,
        ...sigmaTexts(sigma),
        cost: seconds === null ? points : `${points}, ${durationText(seconds)}`,
        objects: objects.slice(0, i + 1).map((object) => object.id),
      };
    }),
  ];
}

/** What the first object is worth, in a sentence. */
export function probeSentence({measured, objects}: ProbePlan): string {
  const [first] = objects;
  if (!first) return 'There is no other object to measure.';
  const [before, after] = [measured?.sigma.lateralMm ?? null, first.sigma.lateralMm];
  if (before === null || after === null)
    return `Digit ${first.label} is the most informative next: the worst plate will be known to ${umText(after)} sideways.`;
  const gain = 1 - after / before;
  return gain < smallGain
    ? `No further object adds much: even digit ${first.label}, the best, only takes the worst plate from ${umText(before)} to ${umText(after)} sideways. Errors of the model are the same behind every object.`
    : `Digit ${first.label} is the most informative next: the worst plate will be known to ${umText(after)} sideways instead of ${umText(before)}.`;
}

/** Less than this is not worth another scan. */
const smallGain = 0.05;
