import {type Command} from 'commander';
import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import {defaultDesignFolder, openDesign, sensitivityOfDesign} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber} from '../option-values.ts';
import type {Output} from '../output/index.ts';

/** `twin sensitivity`: which displacement matters, before anything is measured. */
export function addTwinSensitivity(twin: Command, {output, signal}: CliContext): void {
  twin
    .command('sensitivity')
    .description('what each displacement does to accuracy, match and correlation of a design')
    .option('--design <folder>', 'design folder', defaultDesignFolder)
    .addOption(checkedOption('--objects <n>', 'how many test digits', countNumber).default(30))
    .option('--json', 'print the result as one JSON object')
    .action(async (options: {design: string; objects: number}) => {
      const table = await sensitivityOfDesign(await openDesign(options.design), options.objects, {signal});
      writeTable(output, table);
      output.result(table);
    });
}

function writeTable(output: Output, table: AlignmentSensitivity): void {
  output.heading(`What displacements do to ${table.objectCount} digits (one at a time, worst first)`);
  output.table(
    [
      {title: 'what', align: 'left'},
      {title: 'unit', align: 'left'},
      {title: 'keeps 95 % match up to'},
      {title: 'in wavelengths'},
      {title: 'largest tried'},
      {title: 'accuracy there', unit: '%'},
      {title: 'match there', unit: '%'},
      {title: 'correlation there'},
    ],
    table.rows.map(({name, unit, inWavelengths, tolerance, points}) => {
      const last = points[points.length - 1];
      return [
        name,
        unit === '1' ? '' : unit,
        tolerance === null ? 'all tried' : tolerance.toPrecision(2),
        tolerance === null || !inWavelengths ? null : (tolerance / table.wavelengthMm).toPrecision(2),
        last.size.toPrecision(3),
        (100 * last.accuracy).toFixed(0),
        (100 * last.match).toFixed(0),
        last.correlation.toFixed(2),
      ];
    }),
  );
  output.line();
  output.line(
    `As designed ${(100 * table.accuracyAsDesigned).toFixed(0)} % of these digits are classified right; wavelength ${table.wavelengthMm.toFixed(4)} mm.`,
  );
}
