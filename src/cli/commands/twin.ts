import {Option, type Command} from 'commander';
import {classify, openDesign, predictPlane, propagatePlane, readIdxDataSet} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, fullScale, positiveNumber} from '../option-values.ts';
import {addTwinSensitivity} from './twin-sensitivity.ts';
import {addTwinTrain} from './twin-train.ts';

type Method = 'rs' | 'asm';
const methodOption = (): Option =>
  new Option(
    '--method <method>',
    'rs: sampled Rayleigh-Sommerfeld sum; asm: band-limited angular spectrum',
  ).choices(['rs', 'asm']);
const padOption = (): Option =>
  checkedOption(
    '--pad <factor>',
    'asm: side of the padded transform over the side of the field',
    finiteNumber,
  ).default(2);
const mm = (name: string, text: string): Option =>
  checkedOption(`--${name} <mm>`, text, positiveNumber).makeOptionMandatory();

/** The optical twin from files to files. */
export function addTwinCommands(program: Command, context: CliContext): void {
  const {output} = context;
  const twin = program.command('twin').description('simulate, classify and train diffractive networks');

  twin
    .command('propagate')
    .description('carry a complex field (.npy, square) over a distance of free space')
    .addOption(methodOption().default('asm'))
    .addOption(padOption())
    .requiredOption('--in <file>', 'field before, .npy, real or complex')
    .addOption(mm('pitch-mm', 'distance between samples'))
    .addOption(mm('wavelength-mm', 'wavelength'))
    .addOption(mm('distance-mm', 'distance'))
    .requiredOption('--out <file>', 'field behind, .npy, complex128')
    .option('--json', 'print the result as one JSON object')
    .action(
      async (o: {
        method: Method;
        pad: number;
        in: string;
        pitchMm: number;
        wavelengthMm: number;
        distanceMm: number;
        out: string;
      }) => {
        const done = await propagatePlane({...o, inPath: o.in, outPath: o.out});
        output.log(
          `${o.out}: ${done.count} x ${done.count} samples, ${(100 * done.powerRatio).toFixed(2)} % of the power`,
        );
        output.result({out: o.out, method: o.method, ...done});
      },
    );

  twin
    .command('predict')
    .description("intensity of a design's output plane for one object")
    .requiredOption('--design <folder>', 'design folder')
    .requiredOption(
      '--object <file>',
      "transmission at the object plane on the design's grid, .npy, amplitudes from 0 to 1 or complex",
    )
    .addOption(
      checkedOption(
        '--values <0..max>',
        'which value of the object is full transmission: 0..255 for a picture',
        fullScale,
      ).default(1, '0..1'),
    )
    .option(
      '--placement <file>',
      'where the parts really stand, JSON: {"layers":[{"dxMm":0.1,...},...],"output":{...}}, or what align --json printed',
    )
    .addOption(methodOption().default('asm'))
    .addOption(padOption())
    .addOption(checkedOption('--oversample <n>', 'samples along a pixel of a plate', finiteNumber).default(1))
    .requiredOption('--out <file>', 'intensity, .npy, float64')
    .option('--json', 'print the result as one JSON object')
    .action(
      async (o: {
        design: string;
        object: string;
        values: number;
        placement?: string;
        method: Method;
        pad: number;
        oversample: number;
        out: string;
      }) => {
        const done = await predictPlane({
          designFolder: o.design,
          objectPath: o.object,
          fullScale: o.values,
          placementPath: o.placement,
          method: o.method,
          pad: o.pad,
          oversample: o.oversample,
          outPath: o.out,
          signal: context.signal,
        });
        output.log(`${o.out}: ${done.count} x ${done.count} samples at ${done.pitchMm} mm`);
        output.result({out: o.out, method: o.method, ...done});
      },
    );

  twin
    .command('classify')
    .description('run a design over an IDX data set (MNIST, fashion), as printed unless --ideal')
    .requiredOption('--design <folder>', 'design folder')
    .requiredOption('--images <file>', 'IDX3 images, .gz or not')
    .requiredOption('--labels <file>', 'IDX1 labels, .gz or not')
    .addOption(
      checkedOption('--values <0..max>', 'which value of the images is white', fullScale).default(
        255,
        '0..255',
      ),
    )
    .addOption(checkedOption('--limit <n>', 'only the first n images', countNumber))
    .option('--ideal', 'grey objects and plates that do not absorb, instead of the print')
    .addOption(checkedOption('--workers <n>', 'threads; all cores unless given', countNumber))
    .option('--json', 'print the result as one JSON object')
    .action(
      async (o: {
        design: string;
        images: string;
        labels: string;
        values: number;
        limit?: number;
        ideal?: boolean;
        workers?: number;
      }) => {
        const design = await openDesign(o.design);
        const images = await readIdxDataSet(o.images, o.labels, design.file, o.values);
        const progress = output.progress(
          'classify',
          Math.min(o.limit ?? images.labels.length, images.labels.length),
        );
        const result = await classify(design, images, {
          isIdeal: o.ideal ?? false,
          limit: o.limit,
          workerCount: o.workers,
          signal: context.signal,
          onProgress: (done) => progress.update(done),
        });
        progress.end();
        output.log(
          `${design.file.name}: ${(100 * result.accuracy).toFixed(2)} % of ${result.count} images, mean margin ` +
            `${result.meanMargin.toFixed(3)}, efficiency ${(100 * result.efficiency).toFixed(2)} %`,
        );
        output.result(result);
      },
    );

  addTwinSensitivity(twin, context);
  addTwinTrain(twin, context);
}
