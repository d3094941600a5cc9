import {digitsText, fixedText} from '../../base/number-format.ts';
import type {PredictedSigmaData, ProbePlan} from '../../contract/probe-plan.ts';
import type {Output} from './output.ts';

/** What to measure next, for a person at a terminal. */
export function writeProbePlan(
  output: Output,
  {measured, objects, scans, choice, basis, text}: ProbePlan,
): void {
  const first = scans[0];
  output.heading('Objects, the most informative first (1 sigma of the worst plate, with those before it)');
  output.table(
    [
      {title: 'object', align: 'left'},
      {title: 'sideways', unit: 'um'},
      {title: 'turn', unit: 'deg'},
      {title: 'along the beam', unit: 'um'},
      {title: 'points'},
      {title: 'time', unit: 'min'},
    ],
    [
      ...(measured
        ? [[`${measured.planeCount} measured already`, ...sigmaCells(measured.sigma), null, null]]
        : []),
      ...objects.map(({label, id, sigma}, i) => [
        `digit ${label} (${id})`,
        ...sigmaCells(sigma),
        (i + 1) * first.pointCount,
        minutes(first.after[i].seconds),
      ]),
    ],
  );
  output.heading('Scans of the first objects');
  output.table(
    [
      {title: 'extent', unit: 'mm', align: 'left'},
      {title: 'step', unit: 'mm'},
      {title: 'objects'},
      {title: 'points'},
      {title: 'sideways', unit: 'um'},
      {title: 'turn', unit: 'deg'},
      {title: 'along the beam', unit: 'um'},
      {title: 'time', unit: 'min'},
      {title: '', align: 'left'},
    ],
    scans.flatMap(({plan, pointCount, after}, s) =>
      after.map(({objectCount, sigma, seconds}) => [
        plan.plan === 'grid' ? `${plan.widthMm} x ${plan.heightMm}` : plan.plan,
        plan.plan === 'grid' ? plan.stepMm : null,
        objectCount,
        objectCount * pointCount,
        ...sigmaCells(sigma),
        minutes(seconds),
        choice?.scanIndex === s && choice.objectCount === objectCount ? 'recommended' : '',
      ]),
    ),
  );
  output.line();
  output.line(basis);
  output.line(text);
}

const sigmaCells = ({lateralMm, rotationDeg, axialMm}: PredictedSigmaData): (string | null)[] => [
  lateralMm === null ? null : fixedText(1000 * lateralMm, 1),
  rotationDeg === null ? null : digitsText(rotationDeg, 2),
  axialMm === null ? null : fixedText(1000 * axialMm, 1),
];

const minutes = (seconds: number | null): string | null =>
  seconds === null ? null : fixedText(seconds / 60, 1);
