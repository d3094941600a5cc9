import {type DetectorReading, errorColumnsOf, storedColumnsOf, storedName} from '../../contract/detector.ts';
import type {
  BenchDevice,
  Detector,
  PlateAxis,
  PlateState,
  PositionMm,
  Source,
  Stage,
} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';

export type DeviceMap = ReadonlyMap<string, BenchDevice>;

/** The device of a role. Throws `device/unknown` naming what there is. */
export function deviceOf(devices: DeviceMap, role: string): BenchDevice {
  const device = devices.get(role);
  if (device) return device;
  throw new BenchError(
    'device/unknown',
    `The plan asks for "${role}", but this bench has only ${[...devices.keys()].join(', ') || 'no instruments'}. ` +
      'Add it to the bench file or choose another plan.',
    {details: {role}},
  );
}

const wrongKind = (role: string, device: BenchDevice, wanted: string): BenchError =>
  new BenchError(
    'plan/invalid',
    `The plan uses "${role}" as a ${wanted}, but it is a ${device.kind} (${device.model}).`,
  );

export function stageOf(devices: DeviceMap, role: string): Stage {
  const device = deviceOf(devices, role);
  if (device.kind !== 'stage') throw wrongKind(role, device, 'stage');
  return device;
}

/** Bench time that a reading of a device takes by itself, ms. */
export function readMsOf(devices: DeviceMap, role: string): number {
  const device = devices.get(role);
  return device?.kind === 'detector' ? (device.readMs?.() ?? 0) : 0;
}

export function detectorOf(devices: DeviceMap, role: string): Detector {
  const device = deviceOf(devices, role);
  if (device.kind !== 'detector') throw wrongKind(role, device, 'detector');
  return device;
}

export function sourceOf(devices: DeviceMap, role: string): Source {
  const device = deviceOf(devices, role);
  if (device.kind !== 'source') throw wrongKind(role, device, 'source');
  return device;
}

/** Names of the columns that a reading of this device fills, to say in a descriptor where each number came from. */
export function columnsOf(device: BenchDevice): readonly string[] {
  switch (device.kind) {
    case 'stage':
      return device.axes.map((axis) => `${axis}_mm`);
    case 'detector': {
      const stored = storedColumnsOf(device.declaration);
      return [...stored.columns, ...errorColumnsOf(stored)].map(({name}) => name);
    }
    case 'source':
      return ['output_frequency_hz', 'power_dbm', 'modulation_hz', 'is_output_on'];
    case 'mount':
      return device.plates.flatMap((plate) =>
        Object.keys(device.limitsOf(plate)).map((axis) => plateColumn(plate, axis as PlateAxis)),
      );
  }
}

const plateColumns: Readonly<Record<PlateAxis, string>> = {
  dxMm: 'dx_mm',
  dyMm: 'dy_mm',
  dzMm: 'dz_mm',
  rotationDeg: 'rotation_deg',
};

/** `plate3_dx_mm`. */
const plateColumn = (plate: number, axis: PlateAxis): string => `plate${plate}_${plateColumns[axis]}`;

export function valuesFromPlates(states: readonly PlateState[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const {plate, offset} of states)
    for (const [axis, value] of Object.entries(offset))
      if (value !== undefined) values[plateColumn(plate, axis as PlateAxis)] = value;
  return values;
}

/** A reading under the names that its columns have in stored points, with the bench time. */
export function valuesFromReading(reading: DetectorReading, benchTimeMs: number): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name in reading) values[storedName(name)] = reading[name];
  values['bench_time_s'] = benchTimeMs / 1000;
  return values;
}

export function valuesFromPosition(positionMm: PositionMm): Record<string, number> {
  const values: Record<string, number> = {};
  if (positionMm.x !== undefined) values['x_mm'] = positionMm.x;
  if (positionMm.y !== undefined) values['y_mm'] = positionMm.y;
  if (positionMm.z !== undefined) values['z_mm'] = positionMm.z;
  return values;
}
