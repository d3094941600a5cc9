import {drivers} from '../../../drivers/index.ts';
import {metaOf} from '../../../drivers/kit/index.ts';
import type {Driver} from '../../../drivers/kit/index.ts';
import type {BenchFile, DetectorField} from '../../contract/bench-file.ts';
import type {DetectorDeclaration} from '../../contract/detector.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {instrumentKinds, instrumentLabels, type DriverInfo} from '../../contract/instruments.ts';

// The one door to the drivers: what there is, by name, and what is said of it.
export {wrongInstrument} from '../../../drivers/kit/index.ts';
export type {
  ConnectCall,
  DetectorDevice,
  Driver,
  DriverDevice,
  MountDevice,
  SourceDevice,
  StageDevice,
} from '../../../drivers/kit/index.ts';

export const driverInfos = (): DriverInfo[] => drivers.map(infoOf);

const infoOf = (driver: Driver): DriverInfo => ({
  name: driver.name,
  kind: driver.kind,
  model: driver.model,
  title: driver.title,
  manual: driver.manual,
  docs: driver.docs,
  identity: driver.identity,
  parameters: driver.parameters.map(metaOf),
  mainParameters: driver.mainParameters ?? [],
  actions: driver.actions,
  columns: driver.columns,
});

/** The driver of that name. Throws `device/unknown`, and `file/invalid` for one of another kind. */
export function findDriver<K extends Driver['kind']>(name: string, kind: K): Extract<Driver, {kind: K}> {
  const driver = findAnyDriver(name);
  if (driver.kind !== kind)
    throw new BenchError(
      'file/invalid',
      `The driver ${name} is for ${instrumentLabels[driver.kind]}, not for ${instrumentLabels[kind]}. Nothing was opened; correct the bench file.`,
      {details: {driver: name, kind}},
    );
  // The check above is what the type says.
  return driver as Extract<Driver, {kind: K}>;
}

/** What a driver of a detector declares. Throws `file/invalid` for a driver of something else. */
export const detectorDriverOf = (
  driverName: string,
): DriverInfo & {readonly declaration: DetectorDeclaration} => {
  const driver = findDriver(driverName, 'detector');
  return {...infoOf(driver), declaration: driver.declaration};
};

/** The driver of that name, whatever its kind. Throws `device/unknown`. */
export function findAnyDriver(name: string): Driver {
  const driver = drivers.find((candidate) => candidate.name === name);
  if (driver !== undefined) return driver;
  throw new BenchError(
    'device/unknown',
    `There is no driver "${name}": there are ${drivers.map((one) => one.name).join(', ')}. Nothing was opened.`,
    {details: {driver: name}},
  );
}

/**
 * What a bench file asks of drivers that they have not: drivers that there are not or that are for something else, and
 * settings of the detector that it does not know or cannot take. `detectorField` is what the file calls the detector,
 * so that a person finds there what is told. Nothing is opened.
 */
export function driverProblems(bench: BenchFile, detectorField: DetectorField = 'detector'): string[] {
  return instrumentKinds.flatMap((kind) => {
    const config = bench[kind];
    if (!config) return [];
    const field = kind === 'detector' ? detectorField : kind;
    const own = drivers.filter((driver) => driver.kind === kind);
    const driver = own.find(({name}) => name === config.driver);
    if (driver) return 'settings' in config ? settingProblems(driver, field, config.settings) : [];
    const names = own.map(({name}) => name).join(', ');
    const other = drivers.find(({name}) => name === config.driver);
    return [
      other
        ? `field ${field}.driver: ${other.name} is for ${instrumentLabels[other.kind]}, not for ${instrumentLabels[kind]}; there is ${names}`
        : `field ${field}.driver: there is no driver "${config.driver}" for ${instrumentLabels[kind]}; there is ${names}`,
    ];
  });
}

const settingProblems = (
  driver: Driver,
  section: string,
  settings: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    const field = `field ${section}.settings.${name}`;
    const parameter = driver.parameters.find((candidate) => candidate.name === name);
    if (!parameter) {
      const names = driver.parameters.filter(({write}) => write !== undefined).map((known) => known.name);
      return [`${field}: ${driver.name} has no such setting; it has ${names.join(', ')}`];
    }
    if (parameter.write === undefined) return [`${field}: ${driver.name} can only read it`];
    try {
      parameter.check(value);
      return [];
    } catch (error) {
      if (!hasCode(error, 'device/out-of-range')) throw error;
      return [`${field}: ${error.message.replace(/ Nothing was sent.*$/, '')}`];
    }
  });
