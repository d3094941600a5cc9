/**
 * Steps of training beside the same steps by torch, where python3 has it: forward, backward and Adam of five plates of
 * 200 x 200 and batches of 16. Ours is the training that users start, with changed images, light and scans drawn anew;
 * torch gets one batch of ready fields and only shifts its transfer functions. Short pieces of all take turns, so that
 * what else the machine does slows all alike. ROUNDS (6), STEPS a piece (10) and PADS (1.28,2) are read from the environment.
 */
import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createRandom} from '../../src/base/random.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../src/contract/training.ts';
import {readTrainingSets} from '../../src/host/data/training-sets.ts';
import {designToTrain, goalOf} from '../../src/host/designs/train-design.ts';
import type {TrainedDesign} from '../../src/host/designs/write-trained.ts';
import {createOpticsPool, type OpticsPool} from '../../src/host/optics/optics-pool.ts';
import {useTensorBackend} from '../../src/host/tensor/backend.ts';
import {drawJob} from '../../src/twin/training/draw-batch.ts';
import {train} from '../../src/twin/training/train.ts';
import {unmoved} from '../../src/twin/training/training-settings.ts';
import type {BenchResult} from '../figures.ts';
import {firstStep, readGradient, startPhases, writeProblem} from './problem.ts';
import {
  pythonWithTorch,
  startTorch,
  type StepTimes,
  type TorchFiles,
  type TorchProcess,
} from './torch-process.ts';

const digitsOfAPass = 60_000;
const rounds = Number(process.env['ROUNDS'] ?? 6);
const steps = Number(process.env['STEPS'] ?? 10);
const pads = (process.env['PADS'] ?? '1.28,2').split(',').map(Number);

export async function run(): Promise<BenchResult[]> {
  await useTensorBackend();
  const results: BenchResult[] = [];
  for (const pad of pads) results.push(...(await compareAt(pad)));
  return results;
}

async function compareAt(pad: number): Promise<BenchResult[]> {
  const settings = trainingSettingsSchema.parse({pad, levelsFromRatio: 1, epochs: 1000});
  const digits = await readTrainingSets(settings);
  const design = designToTrain(settings, digits);
  const folder = mkdtempSync(join(tmpdir(), 'torch-'));
  try {
    await using pool = createOpticsPool(design.spec, {maximumBatch: settings.batchSize});
    const phases = startPhases(settings);
    const job = drawJob(
      digits.trainingIndices.slice(0, settings.batchSize),
      settings,
      createRandom('first'),
      settings.layerCount,
    );
    const own = firstStep(pool, design, job, phases);
    const files = {problem: join(folder, 'problem.json'), gradient: join(folder, 'gradient.f32')};
    const python = pythonWithTorch();
    if (python !== undefined) writeProblem(files, design, {job, phases, inputPower: own.inputPower});
    await using torches = python === undefined ? undefined : await startAll(python, files);
    const pieces = await timePieces(
      {pool, design, indices: digits.trainingIndices, phases},
      torches?.all ?? [],
    );
    return [
      passOf(pad, settings, pieces.own),
      ...(torches === undefined
        ? [{name: 'against torch: no python3 with torch here', figures: {}}]
        : [
            agreement(pad, own, {torch: torches.all[0], gradients: readGradient(files, settings)}),
            ...ratios(pad, pieces, torches.all),
          ]),
    ];
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** Torch with one thread and with as many as there are cores. */
async function startAll(
  python: string,
  files: TorchFiles,
): Promise<{readonly all: readonly TorchProcess[]} & AsyncDisposable> {
  const all: TorchProcess[] = [];
  for (const threads of new Set([1, Math.min(2, availableParallelism())]))
    all.push(await startTorch(python, files, threads));
  return {
    all,
    async [Symbol.asyncDispose]() {
      for (const torch of all) await torch[Symbol.asyncDispose]();
    },
  };
}

interface Own {
  readonly pool: OpticsPool;
  readonly design: TrainedDesign;
  readonly indices: readonly number[];
  readonly phases: readonly Float32Array[];
}

interface Pieces {
  /** Fastest piece of each, which is least of what else the machine did; and the sums of all. */
  readonly own: Timed;
  readonly torches: readonly Timed[];
}

interface Timed {
  readonly best: StepTimes;
  readonly all: StepTimes;
}

/** Times of `rounds` pieces of `steps` steps each, ours and torch's in turn; the first round of all is left out. */
async function timePieces(
  {pool, design, indices, phases}: Own,
  torches: readonly TorchProcess[],
): Promise<Pieces> {
  const times: StepTimes[][] = [[], ...torches.map(() => [])];
  const enough = new AbortController();
  let step = 0;
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  const breathe = async (): Promise<void> => {
    if (++step % steps !== 0) return;
    const used = process.cpuUsage(cpu);
    times[0].push({wallS: (performance.now() - wall) / 1000, cpuS: (used.user + used.system) / 1e6});
    for (const [i, torch] of torches.entries()) times[i + 1].push(await torch.steps(steps));
    if (times[0].length > rounds) enough.abort();
    [wall, cpu] = [performance.now(), process.cpuUsage()];
  };
  const {settings, model} = design;
  const resume = {step: 0, ...unmoved(phases)};
  const optics = {engine: pool, model, goal: goalOf(design)};
  await train(indices, optics, settings, {breathe, resume, signal: enough.signal}).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error;
  });
  const [own, ...others] = times.map((pieces) => timed(pieces.slice(1)));
  return {own, torches: others};
}

function timed(pieces: readonly StepTimes[]): Timed {
  const over = (pick: (values: readonly number[]) => number): StepTimes => ({
    wallS: pick(pieces.map(({wallS}) => wallS)),
    cpuS: pick(pieces.map(({cpuS}) => cpuS)),
  });
  return {
    best: over((values) => Math.min(...values)),
    all: over((values) => values.reduce((sum, value) => sum + value, 0)),
  };
}

function passOf(pad: number, {batchSize}: TrainingSettingsData, {best, all}: Timed): BenchResult {
  const passMin = (stepS: number): number => (stepS * digitsOfAPass) / batchSize / 60;
  return {
    name: `training, pad ${pad}: a step of ${batchSize} digits and a pass over 60,000 (target at most 8 min)`,
    figures: {
      stepS: best.wallS / steps,
      passMin: passMin(best.wallS / steps),
      meanStepS: all.wallS / rounds / steps,
      meanPassMin: passMin(all.wallS / rounds / steps),
      stepCpuS: best.cpuS / steps,
    },
  };
}

function agreement(
  pad: number,
  own: {readonly loss: number; readonly gradients: readonly Float32Array[]},
  {torch, gradients}: {readonly torch: TorchProcess; readonly gradients: readonly Float32Array[]},
): BenchResult {
  const difference = Math.max(
    ...own.gradients.map((row, layer) => {
      const other = gradients[layer];
      return norm(row.map((value, i) => value - other[i])) / norm(other);
    }),
  );
  const loss = Math.abs(own.loss / torch.loss - 1);
  if (!(difference < 1e-3 && loss < 1e-3))
    throw new Error(
      `Ours and torch's first step differ by ${loss} of the loss and ${difference} of a gradient.`,
    );
  return {
    name: `training, pad ${pad}: first step of both, relative differences (target at most 1e-3)`,
    figures: {loss, gradient: difference},
  };
}

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** Ours over torch with each number of threads; its time is that of the faster one. */
function ratios(pad: number, {own, torches}: Pieces, processes: readonly TorchProcess[]): BenchResult[] {
  const [{version, hasMkl}] = processes;
  const byThreads = torches.map(({best, all}, i) => ({
    name: `training, pad ${pad}: ${version} ${hasMkl ? 'with' : 'without'} MKL, threads ${processes[i].threadCount}`,
    figures: {
      stepS: best.wallS / steps,
      meanStepS: all.wallS / rounds / steps,
      stepCpuS: best.cpuS / steps,
      ratio: own.best.wallS / best.wallS,
      ratioOfMeans: own.all.wallS / all.wallS,
      ratioOfCpu: own.all.cpuS / all.cpuS,
    },
  }));
  const fastest = (pick: (timed: Timed) => number): number => Math.min(...torches.map(pick));
  return [
    ...byThreads,
    {
      name: `training, pad ${pad}: ours over torch with the faster number of threads (target at most 0.45)`,
      figures: {
        ratio: own.best.wallS / fastest(({best}) => best.wallS),
        ratioOfMeans: own.all.wallS / fastest(({all}) => all.wallS),
      },
    },
  ];
}
