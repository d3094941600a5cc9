import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber} from '../option-values.ts';
import {asBuiltOption} from './as-built-option.ts';
import type {ImageOptions} from './twin-image-action.ts';

/** `twin image`: how well a design images its objects. */
export function addTwinImage(twin: Command, context: CliContext): void {
  twin
    .command('image')
    .description(
      'how well a design images its objects, as printed: SSIM, PSNR and correlation with the ideal image, light, and the ' +
        'smallest bars that are resolved; with --virtual or --bench also on drawn benches',
    )
    .requiredOption('--design <folder>', 'design folder')
    .option('--images <file>', 'IDX3 images, .gz or not; the digits that no training saw unless given')
    .option('--targets <file>', 'IDX3 pictures that are wanted of them, for a design that was trained so')
    .addOption(
      new Option('--patterns', 'lines and bars drawn by the seed instead of digits').conflicts('images'),
    )
    .addOption(asBuiltOption())
    .addOption(checkedOption('--limit <n>', 'only the first n objects', countNumber).default(20))
    .addOption(
      new Option('--bench <file>', "measured with a bench file's light, probe and errors").conflicts(
        'virtual',
      ),
    )
    .option('--virtual', 'measured as the default scene of the virtual bench does')
    .addOption(
      new Option(
        '--plates <model>',
        'take the plates of the benches as thin or as thick; as design and bench say unless given',
      ).choices(['thin', 'thick']),
    )
    .addOption(checkedOption('--benches <n>', 'benches that are drawn', countNumber).default(5))
    .addOption(checkedOption('--seed <n>', 'decides what is drawn', finiteNumber).default(1))
    .addOption(checkedOption('--workers <n>', 'threads; all cores unless given', countNumber))
    .option('--json', 'print the result as one JSON object')
    .action(async (options: ImageOptions) =>
      (await import('./twin-image-action.ts')).image(options, context),
    );
}
