import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {designSchema} from '../../../src/contract/design-file.ts';
import {designFacts, shortHash, stackParts} from '../../../src/renderer/features/design/design-facts.ts';
import {trainingCurvesFrom} from '../../../src/renderer/features/design/training-curves.ts';
import {nearestPlane, nextPlaneMm, planesAlong} from '../../../src/renderer/features/design/z-planes.ts';

const shipped = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../designs/digits/${name}`, import.meta.url), 'utf8'));
const file = designSchema.parse(shipped('design.json'));

it('asks for object, plates and detector first, then for about forty planes between', () => {
  const {first, rest} = planesAlong(file);
  expect(first).toEqual([0, 30, 60, 90, 120, 150, 180]);
  expect(rest.length).toBeGreaterThan(30);
  expect(first.length + rest.length).toBeLessThanOrEqual(60);
  expect(rest.every((zMm) => zMm > 0 && zMm < 180 && !first.includes(zMm))).toBe(true);
});

it('never asks for more planes than the host takes', () => {
  expect(planesAlong(file, 500).rest.length).toBeLessThanOrEqual(60);
});

it('walks from plane to plane and begins again at the end', () => {
  const planes = [{zMm: 0}, {zMm: 30}, {zMm: 60}];
  expect(nextPlaneMm(planes, 0)).toBe(30);
  expect(nextPlaneMm(planes, 31)).toBe(60);
  expect(nextPlaneMm(planes, 60)).toBe(0);
  expect(nearestPlane(planes, 44)).toBe(planes[1]);
  expect(nearestPlane([], 44)).toBeUndefined();
});

it('reads the curves of all stages of a training, one after the other', () => {
  const point = (epoch: number, validationAccuracy: number) => ({
    epoch,
    trainingLoss: 1,
    trainingAccuracy: 0.9,
    validationAccuracy,
    efficiency: 0.02,
    seconds: 60,
  });
  const first = {command: 'first', settings: {}, curve: [point(1, 0.8), point(2, 0.9)]};
  const second = {command: 'second', settings: {}, curve: [point(1, 0.95)], startedFrom: first};
  const curves = trainingCurvesFrom(second);
  expect(curves?.epochs.length).toBe(3);
  expect(curves?.stageEnds).toEqual([2]);
  expect(curves?.commands).toEqual(['first', 'second']);
  expect(curves?.validationAccuracy[0]).toBe(0.8);
  // The shipped design keeps its record, whatever it is.
  expect(
    trainingCurvesFrom(shipped('training.json') as Record<string, unknown>)?.epochs.length,
  ).toBeGreaterThan(0);
});

it('has no curve for a design that keeps none', () => {
  expect(trainingCurvesFrom(null)).toBeNull();
  expect(trainingCurvesFrom({command: 'x', curve: 'none'})).toBeNull();
});

it('tells the facts of the shipped design with their units', () => {
  const facts = new Map(designFacts(file, 0.7494811));
  expect(facts.get('Frequency')).toBe('400 GHz');
  expect(facts.get('Layers')).toBe('5, 30 mm from one to the next');
  expect(facts.get('Levels')).toBe('16 steps from 0 to 0.9722 mm');
  expect(facts.get('Material n')).toBe('1.7227');
  expect(facts.get('Plates')).toBe('thick with 4 slices, relief towards the source');
  const thin = designFacts({...file, plateOptics: {kind: 'thin'}}, 0.7494811);
  expect(new Map(thin).get('Plates')).toBe('thin, relief towards the source');
  expect(file.contentHash).toContain(shortHash(file.contentHash));
  expect(shortHash(file.contentHash)).toHaveLength(12);
});

it('draws base and relief of a plate around its reference plane', () => {
  const [first] = file.layers;
  const parts = stackParts({
    ...file,
    layers: file.layers.map((layer) => ({...layer, reliefFaces: 'detector' as const})),
  });
  expect(parts.map(({kind}) => kind)).toEqual(['object', ...Array<string>(5).fill('plate'), 'detector']);
  const {baseMm} = first;
  expect(parts[1]).toMatchObject({zMm: 30 - baseMm, heightMm: 80});
  expect(parts[1].thicknessMm).toBeCloseTo(baseMm + 0.97224, 4);
  expect(parts[6]).toMatchObject({
    zMm: 180,
    // As far as the regions reach.
    heightMm:
      2 * Math.max(...file.detector.regions.map(({centerXMm, widthMm}) => Math.abs(centerXMm) + widthMm / 2)),
  });
});
