import {atInstrument} from '../at-instrument.ts';
import type {CliContext} from '../context.ts';
import type {TableColumn} from '../output/index.ts';
import type {TargetOptions} from './instrument-target.ts';

export interface ReadOptions extends TargetOptions {
  readonly count: number;
  readonly settle?: boolean;
  readonly benchSettings?: boolean;
}

/** Of a lock-in; columns of another detector stand by their names, which carry their units. */
const titles: Readonly<Record<string, TableColumn>> = {
  xV: {title: 'X', unit: 'V'},
  yV: {title: 'Y', unit: 'V'},
  rV: {title: 'R', unit: 'V'},
  thetaDeg: {title: 'theta', unit: 'deg'},
};

export const read = (options: ReadOptions, context: CliContext): Promise<void> =>
  atInstrument(context, options, async ({client, at, call}) => {
    const {output} = context;
    const {readings} = await client.detector.read(
      {
        at: at && {...at, hasBenchSettings: options.benchSettings === true},
        count: options.count,
        isSettled: options.settle === true,
      },
      call,
    );
    const names = Object.keys(readings[0] ?? {});
    output.table(
      names.map((name) => titles[name] ?? {title: name}),
      readings.map((reading) => names.map((name) => reading[name] ?? null)),
    );
    output.result({readings});
  });
