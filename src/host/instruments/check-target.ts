import type {InstrumentTarget} from '../../contract/api/index.ts';
import type {LinkConfig} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {DriverInfo, InstrumentKind} from '../../contract/instruments.ts';
import {driverInfos, findAnyDriver} from '../devices/driver-catalogue.ts';
import {linkFromPortName} from '../serial/port-name.ts';

/** An instrument that is named by driver and port. */
export interface PortTarget {
  readonly info: DriverInfo;
  readonly link: LinkConfig;
}

/**
 * What driver and port a target names; undefined for one of a bench file, which is not read here. Throws `cli/usage` for
 * a target that names none or two, an instrument of another kind, or a port that there cannot be, and `device/unknown`
 * for a driver that there is not. Nothing is opened, so that a command can ask before it opens anything.
 */
export function portTargetFrom(
  target: InstrumentTarget,
  kind: InstrumentKind | undefined,
): PortTarget | undefined {
  if (target.benchPath !== undefined) {
    if (target.driver !== undefined || target.port !== undefined)
      throw targetError('Give either --bench or --driver with --port, not both');
    return undefined;
  }
  if (target.driver === undefined || target.port === undefined)
    throw targetError(
      `Which instrument? Give --bench <file>${kind ? '' : ' with --role'}, or --driver (${driverNames(kind)}) with --port`,
    );
  const info = driverInfos().find(({name}) => name === target.driver);
  if (info && kind && info.kind !== kind)
    throw targetError(
      `The driver ${info.name} is for a ${info.kind}, not for a ${kind}; there is ${driverNames(kind)}`,
    );
  const link = linkWith(linkFromPortName(target.port), target);
  // Throws for a driver that there is not.
  return {info: info ?? findAnyDriver(target.driver), link};
}

/** A link with what the target says of its line. */
export const linkWith = (link: LinkConfig, {baudRate, parity}: InstrumentTarget): LinkConfig => ({
  ...link,
  ...(baudRate === undefined ? {} : {baudRate}),
  ...(parity === undefined ? {} : {parity}),
});

const driverNames = (kind: InstrumentKind | undefined): string =>
  driverInfos()
    .filter((driver) => kind === undefined || driver.kind === kind)
    .map(({name}) => name)
    .join(', ');

/** A target that cannot be meant, whatever the reason. */
export const targetError = (message: string): BenchError =>
  new BenchError('cli/usage', `${message}. Nothing was opened.`);
