import {countOf} from '../../base/count-text.ts';
import {digitsText, fixedText, percentText} from '../../base/number-format.ts';
import {resolve} from 'node:path';
import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import {defaultDesignFolder} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Output} from '../output/index.ts';

/** Options of `twin sensitivity`. */
export interface SensitivityOptions {
  readonly design?: string;
  readonly objects: number;
}

/** Prints what each displacement does to a design. */
export async function sensitivity({design, objects}: SensitivityOptions, context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  const {sensitivity: table} = await followComputation(client, context, {
    kind: 'sensitivity',
    start: () =>
      client.twin.sensitivity({designFolder: resolve(design ?? defaultDesignFolder), objectCount: objects}),
  });
  writeTable(context.output, table);
  context.output.result(table);
}

function writeTable(output: Output, table: AlignmentSensitivity): void {
  output.heading(
    `What displacements do to ${countOf(table.objectCount, 'digit')} (one at a time, worst first)`,
  );
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
        tolerance === null ? 'all tried' : digitsText(tolerance, 2),
        tolerance === null || !inWavelengths ? null : digitsText(tolerance / table.wavelengthMm, 2),
        digitsText(last.size, 3),
        fixedText(100 * last.accuracy, 0),
        fixedText(100 * last.match, 0),
        fixedText(last.correlation, 2),
      ];
    }),
  );
  output.line();
  output.line(
    `As designed ${percentText(table.accuracyAsDesigned)} of these digits are classified right; wavelength ${fixedText(table.wavelengthMm, 4)} mm.`,
  );
}
