import {atInstrument} from '../at-instrument.ts';
import type {CliContext} from '../context.ts';
import type {TargetOptions} from './instrument-target.ts';

export interface ReadOptions extends TargetOptions {
  readonly count: number;
  readonly settle?: boolean;
  readonly benchSettings?: boolean;
}

export const read = (options: ReadOptions, context: CliContext): Promise<void> =>
  atInstrument(
    context,
    options,
    async ({client, at, call}) => {
      const {output} = context;
      const {columns, readings} = await client.detector.read(
        {
          at: at && {...at, hasBenchSettings: options.benchSettings === true},
          count: options.count,
          isSettled: options.settle === true,
        },
        call,
      );
      output.table(
        columns.map(({label, unit}) => ({title: label, unit})),
        readings.map((reading) => columns.map(({name}) => reading[name] ?? null)),
      );
      output.result({readings});
    },
    'detector',
  );
