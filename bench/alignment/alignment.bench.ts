import {openDesign} from '../../src/host/designs/design-folder.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {testDigitsById} from '../../src/host/campaign/digits.ts';
import {alignPlanes} from '../../src/host/alignment/align-planes.ts';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import type {SceneTruth} from '../../src/virtual/scene-truth.ts';
import type {BenchResult} from '../figures.ts';
import {alignmentCases, givenOptics, readCase} from './cases.ts';

/**
 * Alignment of benches whose truth is sealed: `ALIGN_CASE` names scenes (comma-separated; pure and default unless
 * given), `ALIGN_SEEDS` a range (1-3 unless given), `ALIGN_DIGITS` what is measured (`mnist:5:123,mnist:3:7`; five digits
 * of the seed unless given), `ALIGN_SCAN` how (`79/2.5`: side and step in mm; 79/1 unless given), `ALIGN_THREADS` on
 * how many threads (all cores unless given), `ALIGN_PLATES` a model of the plates (thin, thick; found out unless given), `ALIGN_AS` the design that the planes
 * are taken to be of. One line a seed goes to stderr as it comes,
 * with what is further from the truth than two error bars.
 */
export async function run(): Promise<BenchResult[]> {
  const design = await openDesign(process.env['DESIGN'] ?? defaultDesignFolder);
  const aligned = process.env['ALIGN_AS'] ? await openDesign(process.env['ALIGN_AS']) : design;
  const [first, last = first] = (process.env['ALIGN_SEEDS'] ?? '1-3').split('-').map(Number);
  const ids = process.env['ALIGN_DIGITS']?.split(',');
  const [widthMm, stepMm = 1] = (process.env['ALIGN_SCAN'] ?? '79/1').split('/').map(Number);
  const choice = {digits: ids && testDigitsById(ids, design.file), scan: {widthMm, stepMm}};
  const threads = process.env['ALIGN_THREADS'];
  const results: BenchResult[] = [];
  for (const name of (process.env['ALIGN_CASE'] ?? 'pure,default').split(',')) {
    const scene = alignmentCases[name];
    if (!scene)
      throw new Error(`There is no case ${name}; there are ${Object.keys(alignmentCases).join(', ')}.`);
    const runs: Judged[] = [];
    for (let seed = first; seed <= last; seed++) {
      const {truth, ...data} = readCase(scene, design, seed, choice);
      const cpuBefore = process.cpuUsage();
      const {result} = await alignPlanes(
        {design: aligned, ...data},
        {plateOptics: givenOptics(), ...(threads ? {workerCount: Number(threads)} : {})},
      );
      const judged = judge(result, truth, process.cpuUsage(cpuBefore));
      runs.push(judged);
      console.error(`${name} ${seed}: ${result.verdict} ${JSON.stringify(judged.figures)} ${judged.text}`);
    }
    results.push({name: `align ${name}, ${runs.length} seeds`, figures: summarise(runs)});
  }
  return results;
}

interface Judged {
  readonly figures: Readonly<Record<string, number>>;
  readonly parameterWeights: readonly number[];
  readonly isTrusted: boolean;
  readonly text: string;
}

function judge(result: AlignmentResult, truth: SceneTruth, cpu: NodeJS.CpuUsage): Judged {
  const truths = truthOf(truth);
  const errors = {lateral: [] as number[], rotation: [] as number[], axial: [] as number[]};
  const parameterWeights: number[] = [];
  const beyond: string[] = [];
  for (const {name, value, sigma} of result.parameters) {
    const true_ = truths.get(name);
    if (true_ === undefined) continue;
    const error = value - true_;
    if (sigma !== null) {
      parameterWeights.push(error / sigma);
      if (Math.abs(error / sigma) > 2)
        beyond.push(`${name} ${round(error)}, ${round(error / sigma)} error bars`);
    }
    if (!name.startsWith('plate')) continue;
    if (/\.d[xy]$/.test(name)) errors.lateral.push(error);
    else if (name.endsWith('.dz')) errors.axial.push(error);
    else if (name.endsWith('.rotation')) errors.rotation.push(error);
  }
  const chosen = result.orientation.find(({isChosen}) => isChosen)?.text ?? '';
  return {
    figures: {
      lateralUm: round(1000 * rms(errors.lateral)),
      rotationDeg: round(rms(errors.rotation)),
      axialUm: round(1000 * rms(errors.axial)),
      covered: round(parameterWeights.filter((vjp) => Math.abs(vjp) < 1).length / parameterWeights.length),
      vjp: round(rms(parameterWeights)),
      correlationBefore: round(result.before.correlation),
      correlationAfter: round(result.after.correlation),
      seconds: round(result.seconds),
      cpuSeconds: round((cpu.user + cpu.system) / 1e6),
    },
    parameterWeights,
    isTrusted: result.verdict === 'trusted',
    text: `[${truth.assemblyErrors.map((assemblyError) => JSON.stringify(assemblyError)).join(' ')}] ${chosen} | ${result.reasons.join(' ')} | ${beyond.join('; ')}`,
  };
}

/** The truth in the alignment's frame: against the object. */
function truthOf({placements, illuminationCenterMm, settings}: SceneTruth): Map<string, number> {
  const {object, output, layers} = placements;
  const out = new Map<string, number>();
  layers.forEach((layer, i) => {
    out.set(`plate${i + 1}.dx`, layer.dxMm - object.dxMm);
    out.set(`plate${i + 1}.dy`, layer.dyMm - object.dyMm);
    out.set(`plate${i + 1}.dz`, layer.dzMm);
    // A quarter turn is an assembly error and named as such; the rest of the angle is the placement.
    out.set(`plate${i + 1}.rotation`, layer.rotationDeg - 90 * Math.round(layer.rotationDeg / 90));
  });
  out.set('frame.dx', output.dxMm - object.dxMm);
  out.set('frame.dy', output.dyMm - object.dyMm);
  out.set('frame.rotation', output.rotationDeg);
  out.set('frame.dz', output.dzMm);
  out.set('beam.centerX', illuminationCenterMm.xMm - object.dxMm);
  out.set('beam.centerY', illuminationCenterMm.yMm - object.dyMm);
  out.set('beam.narrowness', settings.illumination.radiusMm ** -2);
  out.set('beam.curvature', 1 / settings.illumination.curvatureRadiusMm);
  return out;
}

function summarise(runs: readonly Judged[]): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const key of Object.keys(runs[0].figures)) {
    const values = runs.map((run) => run.figures[key]);
    figures[key] = /Um$|Deg$|^pull$/.test(key)
      ? rms(values)
      : values.reduce((sum, value) => sum + value, 0) / values.length;
  }
  figures['worstLateralUm'] = Math.max(...runs.map((run) => run.figures['lateralUm']));
  figures['trusted'] = runs.filter(({isTrusted}) => isTrusted).length;
  return figures;
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));
const round = (value: number): number => Number(value.toPrecision(3));
