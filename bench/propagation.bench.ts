/** Forward and forward + backward per digit on one core (issue 3, section 9), beside scipy and torch where they are. */
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {createRandom} from '../src/base/random.ts';
import {wavelengthMmFromHz} from '../src/contract/units.ts';
import {createDigitRegions} from '../src/contract/digit-regions.ts';
import {createTrainingNetwork} from '../src/twin/training/network.ts';
import {median, type BenchResult} from './figures.ts';

const repeats = 15;
const batch = 8;

export function run(): BenchResult[] {
  const random = createRandom('bench');
  const count = 200;
  const network = createTrainingNetwork({
    wavelengthMm: wavelengthMmFromHz(4e11),
    grid: {count, pitchMm: 0.4},
    gapsMm: [30, 30, 30, 30, 30, 30],
    refractiveIndex: 1.7227,
    extinction: 0.031,
    baseMm: 0.5,
    regions: createDigitRegions(80, 4.8),
    heightStepMm: null,
    pixel: 'point',
    probe: {kind: 'point'},
    pad: 2,
    slotCount: batch,
  });
  network.setHeights(
    Array.from({length: 5}, () => Float32Array.from({length: count * count}, () => random.uniform())),
  );
  const object = Float32Array.from({length: count * count}, () => (random.uniform() > 0.8 ? 1 : 0));
  const energies = new Float32Array(10);
  const gradient = new Float32Array(10).fill(1);
  const forward = (): void => {
    for (let slot = 0; slot < batch; slot++) network.forward(slot, object, energies);
  };
  const training = (): void => {
    network.clearGradients();
    forward();
    for (let slot = 0; slot < batch; slot++) network.backward(slot, gradient);
  };
  forward();
  training();
  // In turn with the others, so that a machine that slows down slows all of them.
  const ours = {forwardMs: median(repeats, forward) / batch, trainingMs: median(repeats, training) / batch};
  const scipy = runPython('scipy_forward.py');
  const torch = runPython('torch_training.py');
  const again = {forwardMs: median(repeats, forward) / batch, trainingMs: median(repeats, training) / batch};
  const forwardMs = (ours.forwardMs + again.forwardMs) / 2;
  const trainingMs = (ours.trainingMs + again.trainingMs) / 2;
  const results: BenchResult[] = [
    {name: 'forward per digit, one core', figures: {ms: forwardMs}},
    {name: 'forward + backward per digit, one core', figures: {ms: trainingMs}},
  ];
  if (scipy) {
    results.push({
      name: `forward: ours over ${scipy.version}, one worker (target at most 0.7)`,
      figures: {theirMs: scipy.forwardMs, ratio: forwardMs / scipy.forwardMs},
    });
  } else results.push({name: 'forward against scipy: no python3 with scipy here', figures: {}});
  if (torch?.trainingMs) {
    results.push(
      {
        name: `forward: ours over ${torch.version}, one thread`,
        figures: {theirMs: torch.forwardMs, ratio: forwardMs / torch.forwardMs},
      },
      {
        name: `forward + backward: ours over ${torch.version}, one thread (target at most 0.7)`,
        figures: {theirMs: torch.trainingMs, ratio: trainingMs / torch.trainingMs},
      },
    );
  } else results.push({name: 'forward + backward against torch: no python3 with torch here', figures: {}});
  return results;
}

interface PythonFigures {
  readonly version: string;
  readonly forwardMs: number;
  readonly trainingMs?: number;
}

/** Runs a script by the first Python that has what it needs. */
function runPython(script: string): PythonFigures | undefined {
  const path = fileURLToPath(new URL(`./python/${script}`, import.meta.url));
  for (const python of ['python3', '/usr/bin/python3']) {
    const done = spawnSync(python, [path], {encoding: 'utf8'});
    if (done.status === 0) return JSON.parse(done.stdout) as PythonFigures;
  }
  return undefined;
}
