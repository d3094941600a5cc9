import {readFileSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {decodeNpy, encodeNpy, type NpyArray} from '../../src/base/npy.ts';
import {classLabels} from '../../src/contract/read-out.ts';
import {saveDesign} from '../../src/host/designs/design-folder.ts';
import {parseDesign} from '../../src/twin/design/load.ts';
import {createTestFolder, errorOf, jsonOf, runCli, type CliResult, type TestFolder} from './run-cli.ts';

const count = 32;
const pitchMm = 0.4;
let folder: TestFolder;
let design: string;
beforeAll(async () => {
  folder = createTestFolder();
  design = folder.file('design');
  const layer = (zMm: number) => ({
    zMm,
    baseMm: 0.5,
    pitchMm,
    refractiveIndex: 1.7,
    extinction: 0.02,
    reliefFaces: 'detector' as const,
    levels: null,
    heightsMm: Float32Array.from({length: count * count}, (_, i) => 0.5 + 0.5 * Math.sin(i * zMm)),
  });
  const region = (label: string, centerXMm: number) => ({
    label,
    centerXMm,
    centerYMm: 0,
    widthMm: 2,
    heightMm: 2,
  });
  await saveDesign(
    folder.file('design'),
    {
      format: 'd2nn-bench/design',
      version: 1,
      name: 'two small plates',
      frequencyHz: 4e11,
      grid: {count, pitchMm},
      illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
      object: {kind: 'binary-mask', imageCount: 8, sideMm: 8, interpolation: 'nearest', threshold: 0.5},
      detector: {zMm: 30, regions: [region('0', -3), region('1', 3)]},
    },
    [layer(10), layer(20)],
  );
});
afterAll(() => folder[Symbol.dispose]());

const cli = (...args: string[]): Promise<CliResult> => runCli(args, folder.path);
const readNpy = (path: string): NpyArray => decodeNpy(new Uint8Array(readFileSync(path)));
const optics = ['--pitch-mm', '0.4', '--wavelength-mm', '0.75', '--distance-mm', '20'];

/** A beam whose field is small at the border, so that both methods see the same. */
const beam = Float64Array.from({length: count * count}, (_, i) => {
  const [x, y] = [(i % count) - (count - 1) / 2, Math.floor(i / count) - (count - 1) / 2];
  return Math.exp(-(x * x + y * y) / 36);
});

test('twin propagate carries a real field into a complex one, alike by both methods', async () => {
  const field = folder.file('field.npy', encodeNpy({shape: [count, count], dtype: '<f8', re: beam}));
  const outs = ['rs', 'asm'].map((method) => folder.file(`${method}.npy`));
  const results = await Promise.all([
    cli('twin', 'propagate', '--method', 'rs', '--in', field, ...optics, '--out', outs[0]),
    cli(
      'twin',
      'propagate',
      '--method',
      'asm',
      '--pad',
      '4',
      '--in',
      field,
      ...optics,
      '--out',
      outs[1],
      '--json',
    ),
  ]);
  expect(results.map(({code}) => code)).toEqual([0, 0]);
  expect(jsonOf(results[1])).toMatchObject({method: 'asm', count});
  const [rs, asm] = outs.map(readNpy);
  expect([rs.dtype, rs.shape]).toEqual(['<c16', [count, count]]);
  expect([asm.dtype, asm.shape]).toEqual(['<c16', [count, count]]);
  let [difference, size] = [0, 0];
  rs.re.forEach((re, i) => {
    difference += (re - asm.re[i]) ** 2 + ((rs.im?.[i] ?? 0) - (asm.im?.[i] ?? 0)) ** 2;
    size += re ** 2 + (rs.im?.[i] ?? 0) ** 2;
  });
  // The window is small against the beam behind 20 mm, so the border is worth some per cent.
  expect(Math.sqrt(difference / size)).toBeLessThan(0.1);
});

test('twin predict writes an intensity, and a placement changes it', async () => {
  const object = folder.file('object.npy', encodeNpy({shape: [count, count], dtype: '<f4', re: beam}));
  const placement = folder.file(
    'placement.json',
    JSON.stringify({layers: [{dxMm: 0.3, rotationDeg: 2}, {flipX: true}]}),
  );
  const [nominal, placed] = [folder.file('nominal.npy'), folder.file('placed.npy')];
  const predict = ['twin', 'predict', '--design', design, '--object', object];
  const results = await Promise.all([
    cli(...predict, '--out', nominal),
    cli(...predict, '--placement', placement, '--method', 'rs', '--out', placed),
  ]);
  expect(results.map(({code}) => code)).toEqual([0, 0]);
  const [first, second] = [readNpy(nominal), readNpy(placed)];
  expect([first.dtype, first.shape, first.im]).toEqual(['<f8', [count, count], undefined]);
  expect(Math.min(...first.re)).toBeGreaterThanOrEqual(0);
  expect(first.re.some((value, i) => Math.abs(value - second.re[i]) > 1e-3 * Math.max(...first.re))).toBe(
    true,
  );
});

test('twin predict refuses an object of another size and a placement of too many plates', async () => {
  const out = folder.file('refused.npy');
  const small = folder.file('small.npy', encodeNpy({shape: [2, 2], dtype: '<f8', re: [1, 1, 1, 1]}));
  const wrongSize = await cli('twin', 'predict', '--design', design, '--object', small, '--out', out);
  expect(wrongSize.code).toBe(1);
  expect(errorOf(wrongSize).message).toMatch(/small\.npy.*2.*32|32.*2/);
  const object = folder.file('whole.npy', encodeNpy({shape: [count, count], dtype: '<f8', re: beam}));
  const many = folder.file('many.json', JSON.stringify({layers: [{}, {}, {}]}));
  const tooMany = await cli(
    'twin',
    'predict',
    '--design',
    design,
    '--object',
    object,
    '--placement',
    many,
    '--out',
    out,
  );
  expect(errorOf(tooMany).message).toMatch(/3 layers.*has 2/);
});

test('twin predict takes a picture for a mask only when it is told so', async () => {
  const [out, plain] = [folder.file('picture-out.npy'), folder.file('mask-out.npy')];
  const mask = Float64Array.from(beam, (value) => (value > 0.3 ? 1 : 0));
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${count}, ${count}), }\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  const bytes = Buffer.concat([start, Buffer.from(header), Uint8Array.from(mask, (value) => 255 * value)]);
  const picture = folder.file('picture.npy', bytes);
  const object = folder.file('mask.npy', encodeNpy({shape: [count, count], dtype: '<f8', re: mask}));
  const predict = ['twin', 'predict', '--design', design, '--object'];
  const [refused, told, same] = await Promise.all([
    cli(...predict, picture, '--out', folder.file('none.npy')),
    cli(...predict, picture, '--values', '0..255', '--out', out),
    cli(...predict, object, '--out', plain),
  ]);
  expect(refused.code).toBe(1);
  expect(errorOf(refused).message).toMatch(/picture\.npy .*largest value is 255.*0 to 1.*--values 0\.\.255/);
  expect([told.code, same.code]).toEqual([0, 0]);
  expect(Array.from(readNpy(out).re)).toEqual(Array.from(readNpy(plain).re));
});

test('a design whose regions lie beyond its grid, and one that was changed by hand, are refused', async () => {
  const text = readFileSync(`${design}/design.json`, 'utf8');
  const beyond = folder.file('beyond.json', text.replace('"centerXMm": 3', '"centerXMm": 300'));
  const changed = createTestFolder();
  try {
    changed.file('design.json', readFileSync(beyond));
    const args = ['twin', 'predict', '--object', folder.file('object.npy'), '--out', folder.file('x.npy')];
    const result = await cli(...args, '--design', changed.path);
    expect(errorOf(result)).toMatchObject({code: 'file/invalid'});
    expect(errorOf(result).message).toMatch(/detector\.regions/);
    changed.file('design.json', text.replace('two small plates', 'three small plates'));
    expect(errorOf(await cli(...args, '--design', changed.path)).message).toMatch(/contentHash/);
  } finally {
    changed[Symbol.dispose]();
  }
});

/** Four pictures of 8 x 8 with labels 0 and 1, as IDX files. */
function pictureFiles(): {images: string; labels: string} {
  const header = (...dimensions: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * dimensions.length);
    bytes.set([0, 0, 8, dimensions.length]);
    dimensions.forEach((n, i) => bytes.writeUInt32BE(n, 4 + 4 * i));
    return bytes;
  };
  const pixels = Buffer.from(Array.from({length: 4 * 64}, (_, i) => ((i * 7) % 3 === 0 ? 255 : 0)));
  return {
    images: folder.file('images.gz', gzipSync(Buffer.concat([header(4, 8, 8), pixels]))),
    labels: folder.file('labels', Buffer.concat([header(4), Buffer.from([0, 1, 0, 1])])),
  };
}

test('twin classify --virtual prints what a design loses on a bench, cause by cause', async () => {
  const {images, labels} = pictureFiles();
  const args = [
    'twin',
    'classify',
    '--design',
    design,
    '--images',
    images,
    '--labels',
    labels,
    '--workers',
    '1',
  ];
  const measured = await cli(...args, '--virtual', '--benches', '2', '--limit', '3');
  expect(measured.stderr).toContain('3 images on 2 drawn benches');
  expect(measured.stdout).toMatch(
    /the design by itself .*\n(.*\n)*everything but parts out of place .*\neverything /,
  );

  // A bench file says what light and probe there are, and how far things are off.
  const bench = folder.file(
    'bench.yaml',
    readFileSync('benches/example.yaml', 'utf8') +
      'measurement: {samplesPerPixel: 1, plates: {lateralMm: 0.3}}\n',
  );
  const ofFile = jsonOf(await cli(...args, '--bench', bench, '--benches', '1', '--limit', '1', '--json')) as {
    model: Record<string, unknown>;
    losses: {causes: string[]; accuracy: number}[];
  };
  expect(ofFile.losses).toHaveLength(12);
  expect(ofFile.model).toMatchObject({
    samplesPerPixel: 1,
    plates: {lateralMm: 0.3, axialMm: 0.2},
    probe: {kind: 'mode', widthMm: 0.56},
    illumination: {radiusMm: 30},
  });

  // Errors named at the command line, with nothing else off: a row of what is predicted and one of everything.
  const named = ['--error', 'plates.lateralMm=0.4', '--error', 'scanStepMm=0.5', '--only-errors'];
  const drawn = [
    ...['--errors-drawn', 'uniform', '--together', '--plates', 'thin'],
    ...['--benches', '2', '--limit', '2', '--json'],
  ];
  const together = jsonOf(await cli(...args, '--virtual', ...named, ...drawn)) as typeof ofFile;
  expect(together.losses.map(({causes}) => causes.length)).toEqual([4, 8]);
  expect(together.model).toMatchObject({
    distribution: 'uniform',
    plateOptics: {kind: 'thin'},
    plates: {lateralMm: 0.4, axialMm: 0, rotationDeg: 0},
    scanStepMm: 0.5,
    indexError: 0,
  });
  expect((await cli(...args, ...named)).stderr).toMatch(/give --virtual or --bench FILE/);
  expect((await cli(...args, '--virtual', '--error', 'lateral=1')).stderr).toMatch(
    /they are plates\.lateralMm/,
  );
  const half = await cli('twin', 'classify', '--design', design, '--images', images, '--virtual');
  expect(half.stderr).toContain('--labels');
});

test('twin tolerance says how long it takes, prints what each error costs and what is suggested', async () => {
  const {images, labels} = pictureFiles();
  const args = ['twin', 'tolerance', '--design', design, '--images', images, '--labels', labels];
  const small = ['--benches', '2', '--digits', '2', '--quick', '--match', '0.9', '--workers', '1'];
  const printed = await cli(...args, ...small);
  expect(printed.stderr).toMatch(/planes on 1 threads: about \d+ s/);
  expect(printed.stdout).toContain('2 drawn benches with all errors, 2 of 4 images on each');
  expect(printed.stdout).toMatch(/plates: rotation +0\.2 deg/);
  expect(printed.stdout).toMatch(/With the suggested tolerances [\d.]+ % of 4 images match/);
  const none = await cli(...args, '--match', '1');
  expect(none.code).toBe(1);
  expect(errorOf(none).message).toContain('0.999');
}, 120_000);

test('twin trade-off prints a row a value and draws the curves', async () => {
  const out = folder.file('traded');
  const small = [
    '--count',
    '16',
    '--layers',
    '1',
    '--gap-mm',
    '10',
    '--region-mm',
    '0.8',
    '--object-side-mm',
    '5',
  ];
  const counts = ['--epochs', '1', '--training-count', '16', '--validation-count', '20', '--workers', '1'];
  const trained = await cli('twin', 'train', '--out', out, ...small, ...counts, '--scan-step-mm', '0.8');
  expect(trained).toMatchObject({code: 0});
  const args = [
    'twin',
    'trade-off',
    '--design',
    out,
    '--steps',
    '2',
    '--margin-images',
    '0',
    '--workers',
    '1',
  ];
  const svg = folder.file('traded.svg');
  const printed = await cli(...args, '--weight', 'scale', '--values', '10,30', '--svg', svg);
  expect(printed.stdout).toContain('logit scale, 2 steps of 16 images each; 20 kept images');
  expect(printed.stdout).toMatch(/^before +[\d.]+ .*\n10 .*\n30 /m);
  expect(readFileSync(svg, 'utf8')).toContain('</svg>');
  const none = await cli(...args, '--values', '0,-1');
  expect(none.code).toBe(1);
  expect(errorOf(none).message).toContain('-1 cannot be a weight of light');
  const half = await cli(...args, '--values', '0,1', '--images', 'images');
  expect(half.code).toBe(2);
}, 120_000);

test('twin classify --json counts an IDX data set, compressed or not', async () => {
  const {images, labels} = pictureFiles();
  const args = [
    'twin',
    'classify',
    '--design',
    design,
    '--images',
    images,
    '--labels',
    labels,
    '--workers',
    '1',
  ];
  const [all, ideal] = await Promise.all([
    cli(...args, '--json'),
    cli(...args, '--ideal', '--limit', '2', '--json'),
  ]);
  const result = jsonOf(all) as {accuracy: number; confusion: number[][]};
  expect(Object.keys(result).sort()).toEqual(['accuracy', 'confusion', 'count', 'efficiency', 'meanMargin']);
  expect(result.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(4);
  expect(result.accuracy).toBe((result.confusion[0][0] + result.confusion[1][1]) / 4);
  expect(jsonOf(ideal)).toMatchObject({count: 2});
});

test('a task of the user’s own is trained from a file of options, differentially, and classified again', async () => {
  const side = 8;
  const classOf = (i: number): number => i % 3;
  const pixels = Uint8Array.from({length: 48 * side * side}, (_, at) => {
    const [i, row, column] = [Math.floor(at / 64), Math.floor(at / side) % side, at % side];
    const bar = [row, column, row + column - 4][classOf(i)];
    // Half a turn of phase; 255 would be a whole one, which cannot be seen.
    return Math.abs(bar - 3 - (i % 2)) < 2 ? 128 : 0;
  });
  const header = (...sizes: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * sizes.length);
    bytes.set([0, 0, 8, sizes.length]);
    sizes.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
    return bytes;
  };
  const images = folder.file('bars-images');
  const labels = folder.file('bars-labels');
  writeFileSync(images, gzipSync(Buffer.concat([header(48, side, side), pixels])));
  writeFileSync(
    labels,
    Buffer.concat([header(48), Buffer.from(Array.from({length: 48}, (_, i) => classOf(i)))]),
  );
  const task = {
    learn: 'classes',
    classes: 3,
    detection: 'differential',
    object: 'phase',
    images: 'bars-images',
    labels: 'bars-labels',
    name: 'bars',
    count: 32,
    layers: 2,
    'gap-mm': 8,
    'region-mm': 2,
    'object-side-mm': 8,
    epochs: 30,
    'validation-count': 8,
    'efficiency-weight': 0,
    'logit-scale': 4,
    rate: 0.15,
    'final-rate': 0.05,
    'levels-from': 1,
    'lateral-error-mm': 0,
    'axial-error-mm': 0,
    'shift-pixels': 0.2,
    'elastic-pixels': 0,
    shear: 0,
    'rotation-deg': 0,
    batch: 8,
  };
  writeFileSync(folder.file('bars.json'), JSON.stringify(task));
  const out = folder.file('bars');
  // What is given counts, and not what the task says.
  const args = [
    'twin',
    'train',
    '--task',
    folder.file('bars.json'),
    '--out',
    out,
    '--epochs',
    '10',
    '--workers',
    '1',
  ];
  const trained = jsonOf(await cli(...args, '--json')) as {curve: {trainingAccuracy: number}[]};
  expect(trained.curve).toHaveLength(10);
  expect(trained.curve.at(-1)!.trainingAccuracy).toBeGreaterThan(0.6);
  const file = parseDesign(readFileSync(`${out}/design.json`, 'utf8'));
  expect(file.object.kind).toBe('phase');
  expect(file.detector.regions).toHaveLength(6);
  expect(classLabels(file.detector)).toEqual(['0', '1', '2']);
  const classify = ['twin', 'classify', '--design', out, '--images', images, '--labels', labels, '--json'];
  const {confusion, count: classified} = jsonOf(await cli(...classify)) as {
    confusion: number[][];
    count: number;
  };
  expect(classified).toBe(48);
  expect(confusion.map((row) => row.length)).toEqual([3, 3, 3]);

  const hybrid = ['twin', 'read-out', '--design', out, '--out', folder.file('hybrid'), '--learn', 'classes'];
  const files = ['--classes', '3', '--images', images, '--labels', labels, '--validation-count', '12'];
  const course = ['--hidden', '8', '--epochs', '40', '--copies', '4', '--workers', '1', '--json'];
  const read = jsonOf(await cli(...hybrid, ...files, ...course)) as {accuracy: number; count: number};
  expect(read.count).toBe(12);
  expect(read.accuracy).toBeGreaterThan(0.5);
  const withReadOut = parseDesign(readFileSync(folder.file('hybrid/design.json'), 'utf8'));
  expect(withReadOut.detector.readOut?.kind).toBe('dense');
  expect(withReadOut.layers.map(({sha256}) => sha256)).toEqual(file.layers.map(({sha256}) => sha256));
  // Another design is not written over.
  expect(errorOf(await cli(...hybrid, ...files, ...course)).message).toContain('holds another design');

  const refusalOf = async (options: object): Promise<string> => {
    writeFileSync(folder.file('odd.json'), JSON.stringify(options));
    const given = ['twin', 'train', '--task', folder.file('odd.json'), '--out', folder.file('none')];
    return errorOf(await cli(...given)).message;
  };
  expect(await refusalOf({colour: 'red'})).toContain('"colour", which is no option');
  expect(await refusalOf({object: 'glass'})).toContain('--object cannot be glass');
  expect(await refusalOf({count: 'many'})).toContain('--count cannot be many');
  expect(await refusalOf([1])).toContain('cannot be used');
});

test('a lens is trained on pairs of images, and its pictures are judged', async () => {
  const side = 12;
  const header = Buffer.alloc(16);
  header.set([0, 0, 8, 3]);
  [20, side, side].forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  const barsOf = (isPicture: boolean): Uint8Array =>
    Uint8Array.from({length: 20 * side * side}, (_, at) => {
      const [i, row, column] = [Math.floor(at / 144), Math.floor(at / side) % side, at % side];
      // The picture of an upright bar lies down.
      const along = isPicture ? row : column;
      return Math.abs(along - 3 - (i % 7)) < 2 ? 255 : 0;
    });
  const [objects, pictures] = ['pairs-objects', 'pairs-pictures'].map((name, i) => {
    writeFileSync(folder.file(name), Buffer.concat([header, barsOf(i === 1)]));
    return folder.file(name);
  });
  const task = {
    learn: 'imaging',
    name: 'turned bars',
    images: 'pairs-objects',
    targets: 'pairs-pictures',
    object: 'grey-amplitude',
    count: 32,
    layers: 2,
    'gap-mm': 8,
    'object-side-mm': 9,
    'window-mm': 10,
    'image-pixels': side,
    'scan-step-mm': 0,
    epochs: 4,
    batch: 4,
    rate: 0.15,
    'validation-count': 4,
    'shift-pixels': 0,
    'rotation-deg': 0,
    'efficiency-weight': 0,
  };
  writeFileSync(folder.file('pairs.json'), JSON.stringify(task));
  const out = folder.file('pairs');
  const args = ['twin', 'train', '--task', folder.file('pairs.json'), '--out', out, '--workers', '1'];
  const trained = jsonOf(await cli(...args, '--json')) as {curve: {trainingLoss: number}[]};
  expect(trained.curve).toHaveLength(4);
  expect(trained.curve[3].trainingLoss).toBeLessThan(trained.curve[0].trainingLoss);
  const shown = ['--images', objects, '--targets', pictures, '--limit', '3', '--workers', '1'];
  const judged = await cli('twin', 'image', '--design', out, ...shown);
  expect(judged.stderr).toMatch(
    /turned bars as printed: SSIM [\d.]+, PSNR [\d.]+ dB, correlation .* 3 objects, /,
  );
  // A picture that is no image of its object has no bars.
  expect(judged.stderr).not.toContain('resolved');
  const lone = await cli('twin', 'image', '--design', out, '--images', objects);
  expect(lone.stderr).toMatch(/shows other pictures than its objects.*name the files of both/s);
  const classified = await cli('twin', 'classify', '--design', out);
  expect(classified.stderr).toMatch(/images its objects: it has no detector regions/);
  const labelled = await cli(...args, '--labels', objects);
  expect(labelled.stderr).toMatch(/reads no labels/);
});

test('the example of a task on pictures is trained and judged, here on small plates', async () => {
  const out = folder.file('phase-to-intensity');
  const small = '--count 32 --layers 1 --object-side-mm 9 --window-mm 10 --image-pixels 12 --epochs 1';
  const counts = '--training-count 8 --validation-count 2 --workers 1';
  const options = `${small} ${counts}`.split(' ');
  const task = 'docs/examples/phase-to-intensity.json';
  const {curve} = jsonOf(await cli('twin', 'train', '--task', task, '--out', out, ...options, '--json')) as {
    curve: {validationAccuracy: number; psnrDb: number}[];
  };
  expect(curve).toHaveLength(1);
  expect(curve[0].psnrDb).toBeGreaterThan(0);
  const file = parseDesign(readFileSync(`${out}/design.json`, 'utf8'));
  expect([file.object.kind, file.detector.image?.shows]).toEqual(['phase', 'object']);
  const judged = await cli('twin', 'image', '--design', out, '--patterns', '--limit', '2', '--workers', '1');
  expect(judged.stderr).toMatch(/phase to intensity as printed: .* 2 objects, /);
});
