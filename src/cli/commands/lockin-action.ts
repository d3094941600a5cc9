import {atInstrument} from '../at-instrument.ts';
import type {CliContext} from '../context.ts';
import type {TargetOptions} from './instrument-target.ts';

export interface ReadOptions extends TargetOptions {
  readonly count: number;
  readonly settle?: boolean;
  readonly benchSettings?: boolean;
}

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
    output.table(
      [
        {title: 'X', unit: 'V'},
        {title: 'Y', unit: 'V'},
        {title: 'R', unit: 'V'},
        {title: 'theta', unit: 'deg'},
      ],
      readings.map(({xV, yV, rV, thetaDeg}) => [xV ?? null, yV ?? null, rV ?? null, thetaDeg ?? null]),
    );
    output.result({readings});
  });
