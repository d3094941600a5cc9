/**
 * Whether the sigma of a verdict is right: scans of planes of the virtual bench's default scene, each with its own corner, noise,
 * drift and the registration of its bench, against the same planes read everywhere (tens of planes of the shipped
 * design, then of one whose plates are random). z is the error of a share over its sigma: its RMS should be 1.
 */
import {createRandom} from '../src/base/random.ts';
import type {FrameRegistrationRecord} from '../src/contract/campaign-result.ts';
import {verdictCauses} from '../src/contract/campaign-result.ts';
import {measurementModelSchema, placementTolerancesOf} from '../src/contract/measurement.ts';
import {fitBench} from '../src/host/campaign/bench-fit.ts';
import {chooseTestDigits, type TestDigit} from '../src/host/campaign/digits.ts';
import {openDesign} from '../src/host/designs/design-folder.ts';
import type {Design} from '../src/twin/design/load.ts';
import type {SceneReader} from '../src/virtual/read-scene-plane.ts';
import type {MountedObject} from '../src/virtual/scene.ts';
import {
  coverageOfBench,
  regionReachMm,
  summariseCoverage,
  type ScanOutcome,
} from '../test/virtual/verdict-coverage.ts';
import type {BenchResult} from './figures.ts';

const seeds = [1, 2, 3, 4];
const stepsMm = [0.5, 1, 2];
const scansPerObject = 4;
const digitsPerBench = 5;
const model = measurementModelSchema.parse({});

export async function run(): Promise<BenchResult[]> {
  const shipped = await openDesign('designs/digits');
  return [
    ...stepsMm.map((stepMm) => resultOf('shipped design', shipped, stepMm)),
    ...stepsMm.map((stepMm) => resultOf('random plates', withRandomPlates(shipped), stepMm)),
  ];
}

function resultOf(name: string, design: Design, stepMm: number): BenchResult {
  const outcomes = seeds.flatMap((seed) => {
    const digits = chooseTestDigits(digitsPerBench, seed, design.file);
    let known: FrameRegistrationRecord | undefined;
    return coverageOfBench({
      design,
      seed,
      objects: digits.map(mountedFrom),
      scansPerObject,
      stepMm,
      registration: (reader) => (known ??= registrationOf(design, reader, digits[0], stepMm)),
      tolerances: placementTolerancesOf(model),
      noiseRatio: model.noiseRatio,
      sourceNoiseRatio: 0.002,
    });
  });
  return {
    name: `${name}, ${stepMm} mm`,
    figures: {...summariseCoverage(outcomes), ...partsOf(outcomes)},
  };
}

/** RMS of what each cause does to the margins. */
function partsOf(outcomes: readonly ScanOutcome[]): Record<string, number> {
  return Object.fromEntries(
    verdictCauses.map((cause) => [
      cause,
      Math.sqrt(outcomes.reduce((sum, {parts}) => sum + (parts[cause] ?? 0) ** 2, 0) / outcomes.length),
    ]),
  );
}

const mountedFrom = ({label, object}: TestDigit): MountedObject => ({
  label,
  grid: object.grid,
  amplitude: Float64Array.from(object.re),
});

/** What a campaign's registration says of this bench, from a scan of one digit. */
function registrationOf(
  design: Design,
  reader: SceneReader,
  digit: TestDigit,
  stepMm: number,
): FrameRegistrationRecord {
  const reachMm = regionReachMm(design.file.detector.regions);
  const side = Math.ceil((2 * reachMm) / stepMm) + 1;
  const at = (i: number): number => (i - (side - 1) / 2) * stepMm;
  const xMm = Float64Array.from({length: side * side}, (_, i) => at(i % side));
  const yMm = Float64Array.from({length: side * side}, (_, i) => at(Math.floor(i / side)));
  const values = reader.read(mountedFrom(digit), {xMm, yMm});
  const {registration, frame, sigma, ...fit} = fitBench(design, model, [
    {object: digit.object, points: {xMm, yMm, values}},
  ]);
  return {
    ...frame,
    fit: {
      ...registration,
      ...fit,
      sigma: {
        dxMm: sigma.dxMm ?? registration.sigma.dxMm,
        dyMm: sigma.dyMm ?? registration.sigma.dyMm,
        rotationDeg: sigma.rotationDeg ?? registration.sigma.rotationDeg,
      },
    },
  };
}

/** The same bench with plates of independent heights, 0 to 1 mm: speckle everywhere, and no region that wins. */
function withRandomPlates(design: Design): Design {
  return {
    ...design,
    layers: design.layers.map((layer, i) => {
      const random = createRandom(`random plate ${i}`);
      return {...layer, values: Float64Array.from(layer.values, () => random.uniform())};
    }),
  };
}
