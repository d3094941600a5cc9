import {Option, type Command} from 'commander';
import type {InstrumentKind} from '../../contract/instruments.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';
import {axisLimits, checkedOption, countNumber, finiteNumber, positiveNumber} from '../option-values.ts';

/** Values of the options that say which instrument. */
export interface TargetOptions extends TimeoutCliOptions {
  readonly bench?: string;
  readonly role?: string;
  readonly driver?: string;
  readonly port?: string;
  readonly baud?: number;
  readonly parity?: 'none' | 'odd' | 'even';
  readonly limitsMm?: Partial<Record<'x' | 'y' | 'z', [number, number]>>;
  /** False with --no-home. */
  readonly home?: boolean;
  readonly maxPowerDbm?: number;
  readonly powerDbm?: number;
  readonly multiplier?: number;
  readonly outputFrequencyHz?: number;
  readonly trace?: boolean;
}

/** Adds the options that all commands for one instrument share; `kind` leaves out those of other instruments. */
export function addTargetOptions(command: Command, kind?: InstrumentKind): Command {
  command.option(
    '--bench <file>',
    'bench file; without one give --driver and --port, or --host for its open bench',
  );
  if (!kind)
    command.option('--role <role>', 'which instrument of the bench file: stage, detector, source, mount');
  command
    .option('--driver <name>', 'driver: grbl, sr830, scpi-source, zaber (instrument list says all)')
    .option('--port <port>', 'serial device, HOST:PORT, tcp://HOST:PORT, or a VISA name of these')
    .addOption(checkedOption('--baud <n>', "instead of the driver's own baud rate", countNumber))
    .addOption(
      new Option('--parity <parity>', "instead of the driver's own").choices(['none', 'odd', 'even']),
    );
  if (!kind || kind === 'stage')
    command
      .addOption(checkedOption('--limits-mm <limits>', 'stage: soft limits, x=-50:50,y=-50:50', axisLimits))
      .option('--no-home', 'stage: your word that its position is right although it was not homed');
  if (!kind || kind === 'source')
    command
      .addOption(
        checkedOption('--max-power-dbm <dbm>', 'source: level that must never be passed', finiteNumber),
      )
      .addOption(checkedOption('--power-dbm <dbm>', 'source: level that turn-on goes up to', finiteNumber))
      .addOption(checkedOption('--multiplier <n>', 'source: factor of the chain behind it', countNumber))
      .addOption(checkedOption('--output-frequency-hz <hz>', 'source: behind the chain', positiveNumber));
  return addTimeoutOption(command)
    .option('--trace', 'print what goes over the wire to stderr')
    .option('--json', 'print the result as one JSON object on the last line');
}
