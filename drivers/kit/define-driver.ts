import {numberFrom} from '../../src/base/number-text.ts';
import type {DetectorConfig, MountConfig, SourceConfig, StageConfig} from '../../src/contract/bench-file.ts';
import type {DetectorDeclaration} from '../../src/contract/detector.ts';
import type {Detector, PlateMount, Source, Stage, ManualStage} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {ActionArgs, ActionMeta, ByName, DriverInfo} from '../../src/contract/instruments.ts';
import type {Link, LinkSettings} from '../../src/contract/link.ts';
import type {Parameter} from './parameter.ts';
import type {ConnectCall} from './same-instrument.ts';

/** A connected stage, its parameters and actions reachable by name. */
export type StageDevice = Stage & ManualStage & ByName;
/** A connected detector, its parameters and actions reachable by name. */
export type DetectorDevice = Detector & ByName;
/** A connected source, its parameters and actions reachable by name. */
export type SourceDevice = Source & ByName;
/** A connected plate mount, its parameters and actions reachable by name. */
export type MountDevice = PlateMount & ByName;
/** What any driver connects. */
export type DriverDevice = StageDevice | DetectorDevice | SourceDevice | MountDevice;

interface DriverDeclaration extends DriverInfo {
  readonly link: LinkSettings;
  /**
   * Sends what makes the instrument safe in every state (RF off, stop), waiting for no answer: the driver's own order, for
   * one that does not answer as it should. Absent where nothing about the instrument can do harm.
   */
  readonly sendSafeOrder?: (link: Link) => Promise<void>;
  readonly parameters: readonly Parameter[];
}

/** `options.known`: see `ConnectCall`. */
type Connect<Config, D> = (link: Link, config: Config, options?: ConnectCall) => Promise<D>;

/** Declaration of a stage driver: link settings, parameters, actions, and how to connect. */
export interface StageDriver extends DriverDeclaration {
  readonly kind: 'stage';
  readonly connect: Connect<StageConfig, StageDevice>;
}
/** Declaration of a detector driver; besides what every driver has, which signal it reads and how. */
export interface DetectorDriver extends DriverDeclaration {
  readonly kind: 'detector';
  /** Its columns are the driver's `columns`. */
  readonly declaration: DetectorDeclaration;
  readonly connect: Connect<DetectorConfig, DetectorDevice>;
}
/** Declaration of a source driver. */
export interface SourceDriver extends DriverDeclaration {
  readonly kind: 'source';
  readonly connect: Connect<SourceConfig, SourceDevice>;
}
/** Declaration of a driver for motorised plate mounts. */
export interface MountDriver extends DriverDeclaration {
  readonly kind: 'mount';
  readonly connect: Connect<MountConfig, MountDevice>;
}
/** Any driver; `kind` tells which. */
export type Driver = StageDriver | DetectorDriver | SourceDriver | MountDriver;

/** Checks a driver's declaration and returns it. Throws `internal` for a mistake in it. */
export function defineDriver<D extends Driver>(driver: D): D {
  const names = [...driver.parameters.map(({name}) => name), ...driver.actions.map(({name}) => name)];
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined)
    throw new BenchError('internal', `Driver ${driver.name} declares "${doubled}" twice.`);
  for (const parameter of driver.parameters)
    for (const [, other] of (parameter.write ?? '').matchAll(/\{(\w+)\}/g))
      if (other !== 'value' && !names.includes(other ?? ''))
        throw new BenchError(
          'internal',
          `Driver ${driver.name}: ${parameter.name} needs "${other}", which is not there.`,
        );
  const unknown = driver.mainParameters?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new BenchError('internal', `Driver ${driver.name}: there is no parameter "${unknown}".`);
  if (driver.kind === 'detector') checkDetector(driver);
  return driver;
}

/** Throws `internal` where a detector's declaration names a column or parameter that the driver does not have. */
function checkDetector({name, declaration, columns, parameters}: DetectorDriver): void {
  const {signal, rangeParameter, shownSettings} = declaration;
  const fault = (text: string): BenchError => new BenchError('internal', `Driver ${name}: ${text}`);
  if (columns !== declaration.columns) throw fault('its columns are not those of its declaration.');
  const {imaginary, magnitude, phase} = signal.complex ?? {};
  const ofSignal = [signal.column, imaginary, magnitude, phase].filter((one) => one !== undefined);
  const lost = ofSignal.find((one) => !columns.some((column) => column.name === one));
  if (lost !== undefined) throw fault(`its signal names the column "${lost}", which is not there.`);
  const named = [rangeParameter, ...shownSettings.map(({parameter}) => parameter)];
  const unknown = named.find((one) => one !== undefined && !parameters.some((own) => own.name === one));
  if (unknown !== undefined)
    throw fault(`its declaration names the parameter "${unknown}", which is not there.`);
}

/** Refuses an action that a driver has not, naming those it has. */
export function unknownAction(
  driverName: string,
  action: string,
  actions: readonly ActionMeta[],
): BenchError {
  return new BenchError(
    'device/unknown',
    `${driverName} has no action "${action}". Nothing was sent; its actions are ${actions
      .map(({name}) => name)
      .join(', ')}.`,
    {details: {action}},
  );
}

/** A number among the arguments of an action. Throws `device/out-of-range` when it is missing or none. */
export function numberArg(args: ActionArgs, name: string, range: readonly [number, number]): number {
  const value = numberFrom(args[name]);
  if (!Number.isFinite(value) || value < range[0] || value > range[1])
    throw new BenchError(
      'device/out-of-range',
      `The argument ${name} = ${String(args[name])} was refused: give a number from ${range[0]} to ${range[1]}. Nothing was sent.`,
      {details: {argument: name, asked: args[name], range}},
    );
  return value;
}

/** As `numberArg`, for whole numbers. */
export function integerArg(args: ActionArgs, name: string, range: readonly [number, number]): number {
  const value = numberArg(args, name, range);
  if (!Number.isInteger(value))
    throw new BenchError(
      'device/out-of-range',
      `The argument ${name} = ${value} was refused: give a whole number. Nothing was sent.`,
      {details: {argument: name, asked: value, range}},
    );
  return value;
}
