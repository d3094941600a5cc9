import {describe, expect, it} from 'vitest';
import {PlateHolders} from '../../src/virtual/plate-holders.ts';
import {sceneSettingsFrom, type SceneOverrides} from '../../src/virtual/scene-overrides.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';

const places = {zMm: [30, 60, 90], outputZMm: 120, sideMm: 80, pixelCounts: [4, 0, 4]};
function create(seed = 1, overrides: SceneOverrides = {}): PlateHolders {
  return new PlateHolders(revealScene(seed, {settings: sceneSettingsFrom(overrides), layerCount: 3}), places);
}
const exact: SceneOverrides = {hand: {relative: 0, lateralMm: 0, axialMm: 0, rotationDeg: 0}};
const layersOf = (holders: PlateHolders) => holders.truth().placements.layers;

describe('a hand at the screws', () => {
  it('reaches what is asked within some 5 % and 0.02 mm, and touches no other screw', () => {
    const errors: number[] = [];
    const turns: number[] = [];
    for (let seed = 0; seed < 400; seed++) {
      const holders = create(seed);
      const before = layersOf(holders);
      holders.nudge(2, {dxMm: 0.4, rotationDeg: -1});
      const after = layersOf(holders);
      errors.push(after[1].dxMm - before[1].dxMm - 0.4);
      turns.push(after[1].rotationDeg - before[1].rotationDeg + 1);
      expect(after[1]).toMatchObject({dyMm: before[1].dyMm, dzMm: before[1].dzMm});
      expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    }
    const rms = (values: readonly number[]): number =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    // 5 % of 0.4 mm and 0.02 mm; 5 % of a degree and 0.05 degrees: each pair is independent.
    expect(rms(errors)).toBeGreaterThan(0.9 * Math.hypot(0.02, 0.02));
    expect(rms(errors)).toBeLessThan(1.1 * Math.hypot(0.02, 0.02));
    expect(rms(turns)).toBeGreaterThan(0.9 * Math.hypot(0.05, 0.05));
    expect(rms(turns)).toBeLessThan(1.1 * Math.hypot(0.05, 0.05));
  });

  it('errs the same way for the same seed and another way each time', () => {
    const [a, b] = [create(3), create(3)];
    for (const holders of [a, b]) holders.nudge(1, {dxMm: 1});
    expect(layersOf(a)).toEqual(layersOf(b));
    const first = layersOf(a)[0].dxMm;
    a.nudge(1, {dxMm: -1});
    a.nudge(1, {dxMm: 1});
    expect(layersOf(a)[0].dxMm).not.toBeCloseTo(first, 3);
  });

  it('is exact where the settings say so, and adds to a motor and to what was there', () => {
    const holders = create(1, exact);
    const before = layersOf(holders)[2];
    holders.nudge(3, {dyMm: 0.25});
    holders.setMotor(3, {dxMm: 1, dyMm: 0.5, dzMm: 0, rotationDeg: 2});
    holders.setMotor(3, {dxMm: 1, dyMm: -0.5, dzMm: 0, rotationDeg: 2});
    expect(layersOf(holders)[2]).toEqual({
      ...before,
      dxMm: before.dxMm + 1,
      dyMm: before.dyMm + 0.25 - 0.5,
      rotationDeg: before.rotationDeg + 2,
    });
  });

  it('refuses a plate that is not there and plates that would touch, and leaves all as it was', () => {
    const holders = create(1, exact);
    const before = holders.truth();
    expect(() => holders.nudge(0, {dxMm: 1})).toThrow('plates 1 to 3');
    expect(() => holders.nudge(4, {dxMm: 1})).toThrow('no plate 4');
    expect(() => holders.nudge(1, {dzMm: 29.5})).toThrow('between plate 1 and plate 2');
    expect(() => holders.setMotor(3, {dxMm: 0, dyMm: 0, dzMm: 29, rotationDeg: 0})).toThrow(
      'the output plane',
    );
    expect(() => holders.setPresent([1, 9])).toThrow('no plate 9');
    expect(holders.truth()).toEqual(before);
    // Without the plate behind it there is room.
    holders.setPresent([1]);
    holders.nudge(1, {dzMm: 29.5});
    expect(() => holders.setPresent([1, 2])).toThrow('between plate 1 and plate 2');
  });
});

describe('plates in a hand', () => {
  it('are taken out, put back and turned over', () => {
    const holders = create();
    const before = layersOf(holders);
    holders.setPresent([2]);
    expect(holders.truth().prints).toEqual([null, 2, null]);
    holders.setPresent([1, 2, 3]);
    expect(holders.truth().prints).toEqual([1, 2, 3]);
    expect(layersOf(holders)).toEqual(before);
    holders.flip(1, 'y');
    holders.flip(2, 'x');
    holders.flip(3, 'z');
    expect(layersOf(holders).map(({flipX, flipY}) => [flipX, flipY])).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
    holders.flip(1, 'z');
    expect(layersOf(holders)[0]).toMatchObject({flipX: false, flipY: true});
  });

  it('come back a little elsewhere where the settings say so', () => {
    const holders = create(1, {hand: {reseatLateralMm: 0.05}});
    const before = layersOf(holders)[0];
    holders.setPresent([2, 3]);
    holders.setPresent([1, 2, 3]);
    const after = layersOf(holders)[0];
    expect(after.dxMm).not.toBe(before.dxMm);
    expect(Math.abs(after.dxMm - before.dxMm)).toBeLessThan(0.25);
    expect(after.rotationDeg).toBe(before.rotationDeg);
  });

  it('can be put in where the seed had left one out', () => {
    const holders = create(1, {
      assemblyErrors: [
        {kind: 'exchanged', plates: [1, 2]},
        {kind: 'absent', plate: 2},
      ],
    });
    expect(holders.truth().prints).toEqual([2, null, 3]);
    holders.setPresent([1, 2, 3]);
    expect(holders.truth().prints).toEqual([2, 1, 3]);
  });
});

describe('settings from outside', () => {
  it('change what they name and nothing else', () => {
    const settings = sceneSettingsFrom({
      plates: {lateralMm: 0.4},
      plateModel: 'thick',
      noiseBelowMaximumDb: null,
      probe: {kind: 'point'},
    });
    expect(settings.plates).toEqual({lateralMm: 0.4, axialMm: 0.2, rotationDeg: 0.2});
    expect(settings).toMatchObject({
      plateModel: 'thick',
      noiseBelowMaximumDb: Infinity,
      probe: {kind: 'point'},
    });
    expect(sceneSettingsFrom({})).toEqual(
      sceneSettingsFrom(JSON.parse(JSON.stringify(sceneSettingsFrom({})))),
    );
  });

  it('may have the names that they had in earlier versions', () => {
    const [absent, kinds] = [{kind: 'absent', plate: 2}, ['mirrored']];
    expect(sceneSettingsFrom({mistakes: [absent], drawnMistakes: {count: 1, kinds}})).toEqual(
      sceneSettingsFrom({assemblyErrors: [absent], drawnAssemblyErrors: {count: 1, kinds}}),
    );
    expect(sceneSettingsFrom({plateModel: 'sliced'})).toEqual(sceneSettingsFrom({plateModel: 'thick'}));
  });

  it.each([
    [{plate: {}}, 'plate'],
    [{plates: {sideways: 1}}, 'sideways'],
    [{plates: {lateralMm: -1}}, 'plates.lateralMm'],
    [{assemblyErrors: [{kind: 'painted', plate: 1}]}, 'assemblyErrors.0.kind'],
    [{assemblyErrors: [{kind: 'exchanged', plates: [1]}]}, 'assemblyErrors.0.plates'],
    [{noiseBelowMaximumDb: 'none'}, 'noiseBelowMaximumDb'],
  ])('are refused with the field when wrong: %j', (overrides, field) => {
    expect(() => sceneSettingsFrom(overrides)).toThrow(field);
  });
});

describe('a plate that is exchanged', () => {
  it('stands where the one before stood, has the heights that were asked for, and is the same print for the same heights', () => {
    const holders = create(1, {hand: {reseatLateralMm: 0, reseatRotationDeg: 0}});
    const before = holders.stands();
    const heightsMm = Float32Array.of(0, 0.5, 1, 0.25);
    holders.exchange(3, heightsMm);
    const [, , first] = holders.stands();
    expect(first).toMatchObject({print: 3, placement: before[2].placement});
    expect(first.newRelief?.heightsMm).toEqual(heightsMm);
    holders.exchange(
      3,
      heightsMm.map((height) => height / 2),
    );
    expect(holders.stands()[2].newRelief?.id).not.toBe(first.newRelief?.id);
    holders.exchange(3, Float32Array.from(heightsMm));
    expect(holders.stands()[2].newRelief?.id).toBe(first.newRelief?.id);
    expect(holders.stands().slice(0, 2)).toEqual(before.slice(0, 2));
  });

  it('is refused without a relief, with other pixels, with heights that are none, and where no plate stands', () => {
    const holders = create();
    const before = holders.stands();
    const flat = new Float32Array(4);
    expect(() => holders.exchange(2, flat)).toThrow(/no plate with a relief/);
    expect(() => holders.exchange(1, new Float32Array(9))).toThrow(/4 pixels, and heights came for 9/);
    expect(() => holders.exchange(1, Float32Array.of(0, NaN, 0, 0))).toThrow(/not between 0 and/);
    expect(() => holders.exchange(4, flat)).toThrow(/no plate 4/);
    expect(holders.stands()).toEqual(before);
    holders.setPresent([2, 3]);
    expect(() => holders.exchange(1, flat)).toThrow(/not in the bench/);
  });
});
