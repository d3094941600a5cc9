import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {plateFrameSchema, printerSchema} from '../../../src/contract/plate-export.ts';
import type {PlateFormat} from '../../../src/contract/plate-formats.ts';
import {exportPlates} from '../../../src/host/print/export-plates.ts';
import {plateFoils} from '../../../src/host/print/plate-foils.ts';
import {checkPrint} from '../../../src/host/print/prepare-print.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {plateShapeOf, type Point} from '../../../src/twin/print/plate-shape.ts';
import {examineMesh} from '../../../src/twin/print/triangle-mesh.ts';
import {heightFromAbove} from '../../twin/print/ray-from-above.ts';
import {smallDesign} from './small-design.ts';
import {readStl} from './solid-file-readers.ts';

/** Plate 1 is a mask alone, plate 2 carries a mask on the flat face of its relief. */
function maskedDesign(levels: number | null = 2): Design {
  const {file, layers} = smallDesign();
  const random = createRandom(9);
  const grid = layers[0].grid;
  const values = () => Float32Array.from({length: 144}, () => (random.uniform() > 0.5 ? 1 : 0));
  const mask = {transmissionMap: 'mask.npy', sha256: 'c'.repeat(64), levels};
  return {
    file: {
      ...file,
      layers: [
        {...file.layers[0], neurons: 'amplitude', baseMm: 0, mask},
        {...file.layers[1], neurons: 'complex', mask},
      ],
    },
    layers: [{grid, values: new Float32Array(144)}, layers[1]],
    masks: [
      {grid, values: values()},
      {grid, values: values()},
    ],
  };
}
const design = maskedDesign();
const printer = printerSchema.parse({sliceMm: 0.02});
const frame = plateFrameSchema.parse({});
const settingsOf = (folder: string, formats: readonly PlateFormat[] = ['stl', 'svg', 'dxf', 'sheet']) => ({
  folder,
  formats,
  printer,
  frame,
  masks: [],
  writtenAt: '2026-11-30T00:00:00.000Z',
});
const hooks = () => ({signal: new AbortController().signal, onProgress: (): void => undefined});

let out: string;
beforeAll(async () => {
  out = join(await mkdtemp(join(tmpdir(), 'foils-')), 'out');
  await exportPlates(design, settingsOf(out), hooks());
});
afterAll(() => rm(join(out, '..'), {recursive: true, force: true}));

/** Whether a point lies in an odd number of outlines: what is cut once is open. */
const isInside = (loops: readonly (readonly Point[])[], [x, y]: Point): boolean =>
  loops.reduce((count, loop) => {
    let crossings = 0;
    loop.forEach(([ax, ay], i) => {
      const [bx, by] = loop[(i + 1) % loop.length];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) crossings++;
    });
    return count + (crossings % 2);
  }, 0) %
    2 ===
  1;

describe('the masks of plates', () => {
  const shape = plateShapeOf(6, 0.5, {frame, printer});
  const foils = plateFoils(design, shape);

  it('become drawings whose open pixels are those of the design, as seen from the detector', () => {
    expect(foils.map(({name}) => name)).toEqual(['foil-1', 'foil-2']);
    foils.forEach(({drawing, openRatio}, plate) => {
      const {grid, values} = design.masks?.[plate] ?? {grid: {count: 0, pitchMm: 1}, values: []};
      const [outline, ...openings] = drawing.cut;
      expect(outline).toEqual(shape.outline);
      for (let i = 0; i < 144; i++) {
        const centre: Point = [((i % 12) - 5.5) * grid.pitchMm, (Math.floor(i / 12) - 5.5) * grid.pitchMm];
        expect(isInside(openings, centre)).toBe(values[i] === 1);
      }
      expect(openRatio).toBeCloseTo(Array.from(values).reduce((sum, value) => sum + value, 0) / 144, 12);
      expect(drawing.holes).toEqual(shape.registrationHoles);
    });
  });

  it('are written with frames and plates that have holes for their pins', async () => {
    expect((await readdir(out)).toSorted()).toEqual(
      [
        ...['foil-1.dxf', 'foil-1.svg', 'foil-2.dxf', 'foil-2.svg'],
        ...['holder.stl', 'mask-frame.stl', 'plate-1.stl', 'plate-2.stl', 'print-sheet.html'],
      ].toSorted(),
    );
    const meshOf = async (name: string) => readStl(await readFile(join(out, `${name}.stl`)));
    const [frameMesh, plate, objectFrame] = await Promise.all([
      meshOf('plate-1'),
      meshOf('plate-2'),
      meshOf('mask-frame'),
    ]);
    for (const mesh of [frameMesh, plate])
      expect(examineMesh(mesh)).toMatchObject({openEdgeCount: 0, flatCount: 0});
    // As tall as the frame of objects: no relief, its own number on it.
    expect(examineMesh(frameMesh).max).toEqual(examineMesh(objectFrame).max);
    expect(examineMesh(frameMesh).volumeMm3).not.toBe(examineMesh(objectFrame).volumeMm3);
    for (const {centre} of shape.registrationHoles) {
      const [x, y] = centre;
      expect(heightFromAbove(frameMesh, x, y)).toBeNaN();
      // Plate 2 faces the source and is printed turned.
      expect(heightFromAbove(plate, -x, y)).toBeNaN();
      expect(heightFromAbove(plate, -x - 1.5, y)).toBeGreaterThan(0);
    }
  });

  it('are told of by the sheet', async () => {
    const sheet = await readFile(join(out, 'print-sheet.html'), 'utf8');
    expect(sheet).toContain('a foil on a frame, seen from the detector');
    expect(sheet).toContain(
      'Foils of plates; the outlines of layer CUT are where the metal is taken off its film',
    );
    expect(sheet).toContain('aria-label="Mask of plate 2, seen from the detector"');
    expect(sheet).toContain('lies on the flat face of that plate');
  });

  it('stand with the foil in the plane of a plate, and take their thickness off the gaps', () => {
    expect(checkPrint(design, settingsOf(out))).toMatchObject({problem: ''});
    const tight = plateFrameSchema.parse({foilMm: 10, rimThicknessMm: 9.5});
    expect(checkPrint(design, {...settingsOf(out), frame: tight}).problem).toMatch(
      /slots of the mask and plate 1 0\.3 mm/,
    );
  });

  it('are refused where they are grey, and warned of where openings are cut off', () => {
    expect(checkPrint(maskedDesign(null), settingsOf(out)).problem).toMatch(
      /mask of plate 1 of small <design> has transmissions between open and closed/,
    );
    expect(checkPrint(maskedDesign(null), settingsOf(out, ['stl'])).problem).toBe('');
    expect(checkPrint(design, settingsOf(out)).warnings.join()).not.toContain('cut off');
    const low = {...design, file: {...design.file, frequencyHz: 250e9}};
    expect(checkPrint(low, settingsOf(out)).warnings.join(' ')).toMatch(
      /Openings of one pixel of the mask of plate 1 are 0\.5 mm wide, below half a wavelength \(0\.6 mm\)/,
    );
  });
});
