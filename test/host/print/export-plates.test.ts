import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {plateFrameSchema, printerSchema} from '../../../src/contract/plate-export.ts';
import {plateFormatNames} from '../../../src/contract/plate-formats.ts';
import {exportPlates, type PlateExportSettings} from '../../../src/host/print/export-plates.ts';
import {checkPrint} from '../../../src/host/print/prepare-print.ts';
import {glyphRectangles} from '../../../src/twin/print/glyphs.ts';
import {plateShapeOf} from '../../../src/twin/print/plate-shape.ts';
import {examineMesh, type TriangleMesh} from '../../../src/twin/print/triangle-mesh.ts';
import {heightFromAbove} from '../../twin/print/ray-from-above.ts';
import {smallDesign} from './small-design.ts';
import {read3mf, readStl} from './solid-file-readers.ts';

const design = smallDesign();
const printer = printerSchema.parse({sliceMm: 0.02});
const frame = plateFrameSchema.parse({});
/** A 4 x 4 ring in the middle: its inside is an island. */
const ring = Float64Array.from({length: 144}, (_, i) => {
  const [x, y] = [i % 12, Math.floor(i / 12)];
  const isIn = (low: number, high: number): boolean => x >= low && x <= high && y >= low && y <= high;
  return isIn(3, 8) && !isIn(5, 6) ? 1 : 0;
});
const settingsFor = (folder: string, over: Partial<PlateExportSettings> = {}): PlateExportSettings => ({
  folder,
  formats: plateFormatNames,
  printer,
  frame,
  masks: [{label: '7', sample: 'mnist 7/12', transmission: {grid: design.file.grid, values: ring}}],
  writtenAt: '2026-11-30T00:00:00.000Z',
  ...over,
});
const hooks = () => ({signal: new AbortController().signal, onProgress: (): void => undefined});

let root: string;
let out: string;
let result: Awaited<ReturnType<typeof exportPlates>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plates-'));
  out = join(root, 'out');
  result = await exportPlates(design, settingsFor(out), hooks());
});
afterAll(() => rm(root, {recursive: true, force: true}));

const stl = async (name: string): Promise<TriangleMesh & {title: string}> =>
  readStl(await readFile(join(out, `${name}.stl`)));
const solids = ['plate-1', 'plate-2', 'mask-frame', 'holder'];

describe('what is written of a design', () => {
  it('is a file for each part and format, and nothing else', async () => {
    const names = [
      ...solids.flatMap((name) => [`${name}.stl`, `${name}.3mf`]),
      'mask-7-mnist-7-12.svg',
      'mask-7-mnist-7-12.dxf',
      'print-sheet.html',
    ];
    expect((await readdir(out)).toSorted()).toEqual(names.toSorted());
    expect(result.files.map(({name}) => name).toSorted()).toEqual(names.toSorted());
    for (const {name, bytes} of result.files) expect((await readFile(join(out, name))).length).toBe(bytes);
  });

  it.each(solids)('%s is closed and looks outward, the same in STL and 3MF', async (name) => {
    const mesh = await stl(name);
    const report = examineMesh(mesh);
    expect(report).toMatchObject({openEdgeCount: 0, flatCount: 0});
    expect(report.min[2]).toBeCloseTo(name === 'holder' ? report.min[2] : 0, 9);
    const packed = read3mf(await readFile(join(out, `${name}.3mf`)));
    expect(packed).toMatchObject({
      unit: 'millimeter',
      paths: ['3D/3dmodel.model', '[Content_Types].xml', '_rels/.rels'],
    });
    const other = examineMesh(packed);
    expect(other).toMatchObject({openEdgeCount: 0, flatCount: 0, triangleCount: report.triangleCount});
    expect(other.volumeMm3).toBeCloseTo(report.volumeMm3, 3);
  });

  it('has the mass of its pixels, rim and marks', async () => {
    const {shape} = shapes();
    const area = polygonArea(shape.outline) - shape.windowMm ** 2;
    for (const {plate, volumeMm3, massG} of result.plates) {
      const pixels = Array.from(design.layers[plate - 1].values).reduce(
        (sum, height) => sum + 0.25 * Math.round((0.5 + height) / 0.02) * 0.02,
        0,
      );
      const rest = volumeMm3 - pixels - area * shape.rimThicknessMm;
      // What is left are the raised marks: an L and a digit, half a millimetre high.
      expect(rest).toBeGreaterThan(0.5 * 0.5 * areaOf(glyphRectangles(`L${plate}`, shape.handle)));
      expect(rest).toBeLessThan(0.55 * areaOf(glyphRectangles(`L${plate}`, shape.handle)));
      expect(massG).toBeCloseTo((volumeMm3 / 1000) * 1.18, 9);
    }
  });
});

describe('a plate that is looked at from above its relief', () => {
  const {shape} = shapes();
  const sampled = async (name: string, xSign: 1 | -1): Promise<number> => {
    const mesh = await stl(name);
    const {values, grid} = design.layers[name === 'plate-1' ? 0 : 1];
    let largest = 0;
    for (let row = 0; row < 12; row++)
      for (let column = 0; column < 12; column++) {
        const x = xSign * (column - 5.5) * grid.pitchMm;
        const got = heightFromAbove(mesh, x + 0.01, (row - 5.5) * grid.pitchMm + 0.02);
        largest = Math.max(largest, Math.abs(got - 0.5 - values[row * 12 + column]));
      }
    return largest;
  };

  it('has every pixel of the design where the conventions put it, to half a slice', async () => {
    expect(await sampled('plate-1', 1)).toBeLessThan(0.0101);
    // The relief of plate 2 faces the source: seen from there x points left.
    expect(await sampled('plate-2', -1)).toBeLessThan(0.0101);
    // The other way round is not half a slice off but as far as heights differ.
    expect(await sampled('plate-1', -1)).toBeGreaterThan(0.5);
    expect(await sampled('plate-2', 1)).toBeGreaterThan(0.5);
  });

  it.each([
    ['plate-1', '1', 1],
    ['plate-2', '2', -1],
  ] as const)(
    '%s shows corner, handle, L and number, and a mirrored one shows them wrong',
    async (name, mark, side) => {
      const mesh = await stl(name);
      const {halfMm, rimThicknessMm, handle} = shape;
      const isSolid = (x: number, y: number): boolean => heightFromAbove(mesh, x, y) > 0;
      expect(isSolid(side * (halfMm - 0.5), halfMm - 0.5)).toBe(false);
      expect(isSolid(-side * (halfMm - 0.5), halfMm - 0.5)).toBe(true);
      expect(isSolid(-side * (halfMm - 0.5), halfMm + 5)).toBe(true);
      expect(isSolid(side * (halfMm - 0.5), halfMm + 5)).toBe(false);
      const place = side === 1 ? handle : {...handle, minX: -handle.maxX, maxX: -handle.minX};
      const marks = glyphRectangles(`L${mark}`, place);
      const centre = (place.minX + place.maxX) / 2;
      let differing = 0;
      for (let i = 0; i < 40; i++)
        for (let j = 0; j < 30; j++) {
          const x = place.minX + ((i + 0.43) / 40) * (place.maxX - place.minX);
          const y = place.minY + ((j + 0.47) / 30) * (place.maxY - place.minY);
          const isRaised = heightFromAbove(mesh, x, y) > rimThicknessMm + 0.3;
          const isMark = (at: number): boolean =>
            marks.some((m) => at > m.minX && at < m.maxX && y > m.minY && y < m.maxY);
          expect(isRaised).toBe(isMark(x));
          if (isMark(x) !== isMark(2 * centre - x)) differing++;
        }
      // The marks are not their own mirror image: an L1 and its image differ on a twentieth of the handle.
      expect(differing).toBeGreaterThan(50);
    },
  );
});

describe('what a printer would make', () => {
  it('is told before anything is made, with the reason where it cannot', () => {
    const settings = {formats: plateFormatNames, printer, frame};
    const {problem, sideMm, lowestMm, highestMm, rounding} = checkPrint(design, settings);
    expect(problem).toBe('');
    expect(sideMm).toBeCloseTo(design.file.grid.count * design.file.grid.pitchMm + 2 * frame.rimMm, 9);
    expect(lowestMm).toBeLessThan(highestMm);
    expect(rounding).toEqual(
      result.plates.map((plate) => plate.rounding).sort((a, b) => b.rmsRad - a.rmsRad)[0],
    );
    const thin = checkPrint(design, {...settings, printer: printerSchema.parse({thinnestMm: 0.7})});
    expect(thin.problem).toMatch(/Plate 1 would be 0\.50\d mm thick/);
    const phase = smallDesign({object: {...design.file.object, kind: 'phase'}});
    expect(checkPrint(phase, settings).problem).toMatch(/no cut in a foil can show/);
    expect(checkPrint(phase, {...settings, formats: ['stl']}).problem).toBe('');
  });
});

describe('what cannot be made', () => {
  const leftOf = async (folder: string): Promise<string[]> => readdir(folder).catch(() => ['no folder']);

  it.each([
    [
      'a base thinner than the printer can do',
      {printer: printerSchema.parse({thinnestMm: 0.7})},
      /Plate 1 would be 0\.50\d mm thick/,
    ],
    ['plates that touch', {frame: plateFrameSchema.parse({rimThicknessMm: 20})}, /would touch in the holder/],
    ['foils without a digit', {masks: []}, /No digit was named/],
    ['no format', {formats: []}, /No format was named/],
  ])('%s: is refused and no folder is made', async (_, over, text) => {
    const folder = join(root, 'refused');
    await expect(exportPlates(design, settingsFor(folder, over), hooks())).rejects.toThrow(text);
    expect(await leftOf(folder)).toEqual(['no folder']);
  });

  it('is refused for foils of a phase object, while its plates are printed', async () => {
    const phase = smallDesign({object: {...design.file.object, kind: 'phase'}});
    const folder = join(root, 'phase');
    await expect(exportPlates(phase, settingsFor(folder), hooks())).rejects.toThrow(
      /no cut in a foil can show/,
    );
    const {files} = await exportPlates(phase, settingsFor(folder, {formats: ['stl']}), hooks());
    expect(files).toHaveLength(4);
  });

  it('leaves what was there before when it is ended between two parts', async () => {
    const folder = join(root, 'ended');
    await exportPlates(design, settingsFor(folder, {formats: ['svg']}), hooks());
    await writeFile(join(folder, 'plate-1.stl'), 'of yesterday');
    const controller = new AbortController();
    const told: string[] = [];
    const ended = exportPlates(design, settingsFor(folder), {
      signal: controller.signal,
      onProgress: ({text, done}) => {
        told.push(text);
        if (done === 2) controller.abort(new Error('ended by the test'));
      },
    });
    await expect(ended).rejects.toThrow('ended by the test');
    expect(told).toHaveLength(3);
    expect(await leftOf(folder)).toEqual(['mask-7-mnist-7-12.svg', 'plate-1.stl']);
    expect(await readFile(join(folder, 'plate-1.stl'), 'utf8')).toBe('of yesterday');
  });
});

describe('the print sheet', () => {
  it('says how to look, what it weighs, what rounding costs, and reaches for nothing outside of itself', async () => {
    const html = await readFile(join(out, 'print-sheet.html'), 'utf8');
    expect(html).toContain('small &lt;design&gt;: print sheet');
    expect(html).toContain('seen from the detector, relief towards you');
    expect(html).toContain('seen from the source, relief towards you');
    const [{rounding, massG}] = result.plates;
    expect(html).toContain(`phase ${rounding.rmsRad.toFixed(3)} rad RMS`);
    expect(html).toContain(`${massG.toFixed(1)} g`);
    expect(html.match(/data:image\/png/g)).toHaveLength(2);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)/);
  });
});

function shapes() {
  return {shape: plateShapeOf(6, 0.5, {frame, printer})};
}

function polygonArea(polygon: readonly (readonly [number, number])[]): number {
  return polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/** Strokes overlap where they meet, so their areas together are a little more than the letter's. */
const areaOf = (rectangles: readonly {minX: number; maxX: number; minY: number; maxY: number}[]): number =>
  rectangles.reduce((sum, {minX, maxX, minY, maxY}) => sum + (maxX - minX) * (maxY - minY), 0);
