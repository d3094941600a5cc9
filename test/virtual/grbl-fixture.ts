import {Grbl, type GrblOptions} from '../../src/virtual/instruments/grbl.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

export const banner = "\r\nGrbl 1.1h ['$' for help]\r\n";
export const unlock = "[MSG:'$H'|'$X' to unlock]\r\n";
export const ctrlX = [0x18];

/** A virtual GRBL on a wire, greeted. */
export function start(options: Partial<GrblOptions> = {}) {
  const time = createManualTime();
  const instrument = new Grbl({time, ...options});
  const wire = connect(instrument, time, 0.1);
  time.advance(0.1);
  const greeting = wire.received();
  /** The `?` report without the fields that come and go. */
  const status = (): string =>
    wire
      .send('?')
      .replace(/\|(WCO|Ov):[^|>]*/g, '')
      .trim();
  return {time, instrument, wire, greeting, status};
}
