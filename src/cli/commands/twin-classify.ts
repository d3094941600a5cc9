import {InvalidArgumentError, Option, type Command} from 'commander';
import {
  errorDistributions,
  measurementErrorNames,
  type MeasurementErrorName,
} from '../../contract/measurement-errors.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, imagesOptions, nameAndValue} from '../option-values.ts';
import {asBuiltOption} from './as-built-option.ts';
import type {ClassifyOptions} from './twin-actions.ts';

/** `plates.lateralMm=0.231`, beside those that were given before. */
function errorSize(
  text: string,
  before: Readonly<Partial<Record<MeasurementErrorName, number>>> = {},
): Readonly<Partial<Record<MeasurementErrorName, number>>> {
  const [given, size] = nameAndValue(text);
  const name = measurementErrorNames.find((own) => own === given);
  if (name === undefined)
    throw new InvalidArgumentError(
      `"${given}" is no error of a bench; they are ${measurementErrorNames.join(', ')}.`,
    );
  return {...before, [name]: finiteNumber(size)};
}

/** `twin classify`: a design over labelled images, by itself or on drawn benches. */
export function addTwinClassify(twin: Command, context: CliContext): void {
  const command = twin
    .command('classify')
    .description(
      'run a design over an IDX data set (MNIST, fashion), as printed unless --ideal; with --bench or --virtual also ' +
        'what it loses on a bench, cause by cause',
    )
    .requiredOption('--design <folder>', 'design folder')
    .addOption(checkedOption('--limit <n>', 'only the first n images', countNumber))
    .option('--ideal', 'grey objects and plates that do not absorb, instead of the print')
    .addOption(
      new Option(
        '--plates <model>',
        'take the plates, with --bench or --virtual those of the benches, as thin or as thick; as design and bench say unless given',
      ).choices(['thin', 'thick']),
    )
    .addOption(asBuiltOption().conflicts(['ideal', 'plates', 'bench', 'virtual']))
    .addOption(checkedOption('--workers <n>', 'threads; all cores unless given', countNumber))
    .option('--json', 'print the result as one JSON object');
  for (const option of [...imagesOptions(), ...benchOptions()]) command.addOption(option);
  command.action(async (options: ClassifyOptions) =>
    (await import('./twin-actions.ts')).classify(options, context),
  );
}

/** Which benches are drawn. */
const benchOptions = (): readonly Option[] => [
  new Option('--bench <file>', "measured with a bench file's light, probe and errors").conflicts([
    'virtual',
    'ideal',
  ]),
  new Option('--virtual', 'measured as the default scene of the virtual bench does').conflicts('ideal'),
  checkedOption(
    '--benches <n>',
    'benches that are drawn; the images are spread over them',
    countNumber,
  ).default(5),
  checkedOption('--seed <n>', 'decides what is drawn', finiteNumber).default(1),
  new Option(
    '--error <name=size>',
    `an error's size instead of the bench's (standard deviation), may be repeated: ${measurementErrorNames.join(', ')}`,
  ).argParser(errorSize),
  new Option('--only-errors', 'errors of placement and print that are not named are 0'),
  new Option('--errors-drawn <distribution>', 'how places of plates and object are drawn').choices(
    errorDistributions,
  ),
  new Option('--together', 'only what is predicted and all errors together, not cause by cause'),
];
