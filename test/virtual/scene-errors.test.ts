import {describe, expect, it} from 'vitest';
import type {ComplexPlane, RealPlane} from '../../src/contract/optics.ts';
import {noPlacement, type Placement} from '../../src/contract/placement.ts';
import {createOpticalSystem} from '../../src/twin/layers/system.ts';
import {OpticalChain, type ChainPlate} from '../../src/virtual/optics-chain.ts';
import {defaultSceneSettings, type SceneSettings} from '../../src/virtual/scene-settings.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import {chainModel, randomRelief, relativeDifference, resin, wavelengthMm} from './chain-fixture.ts';

const withSettings = (more: Partial<SceneSettings>): {settings: SceneSettings} => ({
  settings: {...defaultSceneSettings, ...more},
});

describe('the truth of a seed', () => {
  it('keeps the numbers that seeds have always drawn', () => {
    const {placements, illuminationCenterMm, ripplePhaseRad, signalPhaseDeg} = revealScene(1);
    expect(placements.layers[3]).toEqual({
      ...noPlacement,
      dxMm: -0.11438387749473374,
      dyMm: -0.20118166389172126,
      dzMm: -0.06124288331848341,
      rotationDeg: -0.08874807428901516,
    });
    expect(placements.object).toEqual({
      ...noPlacement,
      dxMm: -0.01796157777181282,
      dyMm: 0.040898584865979686,
    });
    expect(placements.output.rotationDeg).toBe(0.8283440657949084);
    expect([illuminationCenterMm.xMm, ripplePhaseRad, signalPhaseDeg]).toEqual([
      1.9951169554146977, 3.485788353162331, 105.83535412990057,
    ]);
  });

  it('does not move one number by turning another error on', () => {
    const plain = revealScene(7);
    const more = revealScene(
      7,
      withSettings({
        plateTiltDeg: 0.5,
        objectAxialMm: 0.3,
        objectRotationDeg: 1,
        extinctionError: 0.01,
        drawnAssemblyErrors: {count: 1, kinds: ['absent']},
      }),
    );
    expect(more.placements.layers).toEqual(plain.placements.layers);
    expect(more.placements.object).toMatchObject({
      dxMm: plain.placements.object.dxMm,
      dyMm: plain.placements.object.dyMm,
    });
    expect(more.placements.object.rotationDeg).not.toBe(0);
    expect(more.tilts.every(({tiltXDeg, tiltYDeg}) => tiltXDeg !== 0 && tiltYDeg !== 0)).toBe(true);
    expect(plain.tilts).toEqual(plain.tilts.map(() => ({tiltXDeg: 0, tiltYDeg: 0})));
    expect(plain.prints).toEqual([1, 2, 3, 4, 5]);
  });

  it('draws plates uniformly within limits where it is asked to', () => {
    const truths = Array.from({length: 300}, (_, seed) =>
      revealScene(
        seed,
        withSettings({plateSpread: 'uniform', plates: {lateralMm: 2, axialMm: 1, rotationDeg: 3}}),
      ),
    );
    const shifts = truths.flatMap(({placements}) => placements.layers.map(({dxMm}) => dxMm));
    expect(Math.max(...shifts.map(Math.abs))).toBeLessThanOrEqual(2);
    const rms = Math.sqrt(shifts.reduce((sum, mm) => sum + mm * mm, 0) / shifts.length);
    expect(rms).toBeCloseTo(2 / Math.sqrt(3), 1);
  });
});

describe('assembly errors', () => {
  it('mirror, turn, exchange and leave out what the settings name', () => {
    const plain = revealScene(3).placements.layers;
    const {placements, prints} = revealScene(
      3,
      withSettings({
        assemblyErrors: [
          {kind: 'mirrored', plate: 1},
          {kind: 'half-turned', plate: 2},
          {kind: 'quarter-turned', plate: 3, turns: -1},
          {kind: 'exchanged', plates: [4, 5]},
          {kind: 'absent', plate: 1},
          {kind: 'object-upside-down'},
        ],
      }),
    );
    expect(prints).toEqual([null, 2, 3, 5, 4]);
    expect(placements.layers).toEqual([
      {...plain[0], flipX: true},
      {...plain[1], flipX: true, flipY: true},
      {...plain[2], rotationDeg: plain[2].rotationDeg - 90},
      plain[3],
      plain[4],
    ]);
    expect(placements.object).toMatchObject({flipX: false, flipY: true});
    expect(() => revealScene(3, withSettings({assemblyErrors: [{kind: 'absent', plate: 6}]}))).toThrow(
      'plate 6',
    );
  });

  it('are drawn of the kinds asked for, each plate at most once, and each kind comes', () => {
    const kinds = ['mirrored', 'half-turned', 'quarter-turned', 'exchanged'] as const;
    const truths = Array.from({length: 200}, (_, seed) =>
      revealScene(seed, withSettings({drawnAssemblyErrors: {count: 2, kinds}})),
    );
    for (const {assemblyErrors} of truths) {
      const plates = assemblyErrors.flatMap((assemblyError) =>
        'plates' in assemblyError
          ? assemblyError.plates
          : 'plate' in assemblyError
            ? [assemblyError.plate]
            : [],
      );
      expect(new Set(plates).size).toBe(plates.length);
    }
    const drawn = new Set(truths.flatMap(({assemblyErrors}) => assemblyErrors.map(({kind}) => kind)));
    expect([...drawn].sort()).toEqual([...kinds].sort());
  });
});

describe('parts that stand wrong', () => {
  const grid = {count: 40, pitchMm: 0.4};
  const reliefs = [randomRelief(grid, 'a'), randomRelief(grid, 'b')];
  // What a filter spreads beyond the outline of these small, bright plates ends where the twin's samples end.
  const edges = 'sampled';
  const object: ComplexPlane = {
    grid: {count: 8, pitchMm: 1.6},
    re: Float64Array.from({length: 64}, (_, i) => (i % 3 === 0 || i < 12 ? 1 : 0)),
    im: new Float64Array(64),
  };
  const plate = (relief: RealPlane, zMm: number, placement: Partial<Placement> = {}): ChainPlate => ({
    relief,
    ...resin,
    zMm,
    placement: {...noPlacement, ...placement},
  });
  /** The same bench by the twin, which turns fields by interpolation and knows no quarter turns. */
  const twinOf = (plates: readonly ChainPlate[], objectPlacement = noPlacement): ComplexPlane => {
    const {illumination, outputZMm} = chainModel([]);
    return createOpticalSystem(
      {
        wavelengthMm,
        grid,
        illumination,
        plates,
        outputZMm: outputZMm + 60,
        placement: {object: objectPlacement},
      },
      {method: 'rs', oversample: 2, edges},
    ).propagate(object);
  };
  const chainOf = (plates: readonly ChainPlate[], objectPlacement = noPlacement): ComplexPlane =>
    new OpticalChain(chainModel(plates, {outputZMm: 90, objectPlacement, edges})).propagate(object);

  it.each([
    ['mirrored', {flipX: true}],
    ['turned by a half', {flipX: true, flipY: true}],
    ['turned by a quarter', {rotationDeg: 90}],
    ['turned by -90.7 degrees and shifted', {rotationDeg: -90.7, dxMm: 0.4, dyMm: -0.3}],
    ['mirrored, turned by 181.5 degrees and shifted', {flipX: true, rotationDeg: 181.5, dxMm: 0.2}],
    ['off by 3 mm', {dxMm: 3, dyMm: -2, dzMm: 4}],
  ])('agree with the twin for a plate %s', (_name, placement) => {
    const plates = [plate(reliefs[0], 30, placement), plate(reliefs[1], 60)];
    const got = chainOf(plates);
    expect(relativeDifference(got, twinOf(plates))).toBeLessThan(1e-2);
    expect(relativeDifference(got, chainOf([plate(reliefs[0], 30), plate(reliefs[1], 60)]))).toBeGreaterThan(
      0.2,
    );
  });

  it('agree with the twin for an object turned over and away', () => {
    const plates = [plate(reliefs[0], 30), plate(reliefs[1], 60)];
    const placement = {...noPlacement, flipY: true, rotationDeg: 2, dxMm: 0.5};
    expect(relativeDifference(chainOf(plates, placement), twinOf(plates, placement))).toBeLessThan(1e-2);
  });

  it('agree with the twin without a plate, and again when it is put back', () => {
    const both = [plate(reliefs[0], 30, {dxMm: 0.1}), plate(reliefs[1], 60)];
    const chain = new OpticalChain(chainModel(both, {outputZMm: 90, edges}));
    const before = chain.propagate(object);
    chain.setPlates([both[1]]);
    expect(relativeDifference(chain.propagate(object), twinOf([both[1]]))).toBeLessThan(1e-4);
    chain.setDetectorShift(1);
    chain.setPlates(both);
    chain.setDetectorShift(0);
    expect(relativeDifference(chain.propagate(object), before)).toBe(0);
  });

  it('are refused where they would touch, and nothing has changed then', () => {
    const plates = [plate(reliefs[0], 30), plate(reliefs[1], 60)];
    const chain = new OpticalChain(chainModel(plates, {outputZMm: 90}));
    const before = chain.propagate(object);
    expect(() => chain.setPlates([plate(reliefs[0], 30, {dzMm: 29}), plates[1]])).toThrow('2 mm apart');
    expect(relativeDifference(chain.propagate(object), before)).toBe(0);
  });
});
