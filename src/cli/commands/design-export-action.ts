import {fixedText} from '../../base/number-format.ts';
import {resolve} from 'node:path';
import {plateFormatNames, type PlateFormat} from '../../contract/plate-formats.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Progress} from '../output/index.ts';

/** Options of `design export`. */
export interface ExportPlatesOptions {
  readonly design?: string;
  readonly out: string;
  readonly format?: readonly PlateFormat[];
  readonly sliceMm?: number;
  readonly dpi?: number;
  readonly thinnestMm?: number;
  readonly density?: number;
  readonly relief?: 'square-pixels' | 'sampled-surface';
  readonly rimMm?: number;
  readonly rimThicknessMm?: number;
  readonly clearanceMm?: number;
  readonly bridgeMm?: number;
  readonly digits?: readonly string[];
  readonly plates?: readonly number[];
}

/** Writes the plates of a design for the workshop and says what rounding costs and what each plate weighs. */
export async function exportPlates(options: ExportPlatesOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  const {relief, rimMm, rimThicknessMm, clearanceMm, bridgeMm, sliceMm, dpi, thinnestMm, density} = options;
  let bar: Progress | undefined;
  const result = await followComputation(client, context, {
    kind: 'export-plates',
    start: () =>
      client.design.exportPlates({
        folder: options.design === undefined ? undefined : resolve(options.design),
        outFolder: resolve(options.out),
        formats: [...(options.format ?? plateFormatNames)],
        printer: {sliceMm, lateralDpi: dpi, thinnestMm, densityGPerCm3: density},
        frame: {relief, rimMm, rimThicknessMm, clearanceMm, bridgeMm},
        digits: [...(options.digits ?? [])],
        onlyPlates: options.plates && [...options.plates],
      }),
    onProgress: ({done, total, unit}, {text}) => {
      bar ??= output.progress('export', total, unit);
      bar.update(done, {note: text});
    },
  });
  bar?.end();
  for (const warning of result.warnings) output.log(`To know before printing: ${warning}`);
  for (const {plate, rounding, massG} of result.plates)
    output.log(
      `plate ${plate}: ${fixedText(massG, 1)} g; whole slices cost ${fixedText(rounding.rmsMm, 4)} mm, ${fixedText(rounding.rmsRad, 3)} rad RMS`,
    );
  const megabytes = result.files.reduce((sum, {bytes}) => sum + bytes, 0) / 1e6;
  output.log(
    `${result.files.length} files, ${fixedText(megabytes, 1)} MB, in ${connection.pathText(result.folder)}`,
  );
  output.result(result);
}
