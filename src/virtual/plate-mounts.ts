import {Zaber} from './instruments/zaber.ts';
import type {ZaberAxisBody} from './instruments/zaber-axis.ts';
import type {ZaberFirmware} from './instruments/zaber-firmware.ts';
import {closestMm} from './parts-apart.ts';
import {noShift, type HolderPlaces, type PlateHolders, type PlateShift} from './plate-holders.ts';
import type {VirtualTime} from './time.ts';

/**
 * What a bench file has to say of the virtual bench's mounts: one controller per plate, addressed like the plates from
 * 1; its axes 1 to 4 move the plate along x, y, z (bench frame) and turn it about the beam from x to y. Sizes of a
 * microstep: linear as zaber-ascii.md section 5 has it, rotary this simulator's own choice.
 */
export const mountAxes = [
  'dxMm',
  'dyMm',
  'dzMm',
  'rotationDeg',
] as const satisfies readonly (keyof PlateShift)[];
export const mountStep = {mm: 0.000047625, deg: 0.000234375} as const;
/** Between the end stops; at power-on each axis stands in the middle. */
export const mountTravel = {lateralMm: 12.7, axialMm: 12.7, rotationDeg: 20} as const;

/** Plates that both go towards each other must not meet, with room for what the seed has put them off. */
function axialTravelMm({zMm, outputZMm}: HolderPlaces): number {
  const all = [0, ...zMm, outputZMm];
  const gapMm = Math.min(...all.slice(1).map((z, i) => z - all[i]));
  return Math.min(mountTravel.axialMm, Math.max(1, gapMm - 2 * closestMm));
}

/**
 * A motorised mount under each plate. Its own zero is where the plate stands, error included; a plate moves in the
 * light when its mount has come to rest.
 */
export function createPlateMounts(
  time: VirtualTime,
  places: HolderPlaces,
  changePlates: (change: (holders: PlateHolders) => void) => void,
  firmware?: ZaberFirmware,
): Zaber {
  const shifts: PlateShift[] = places.zMm.map(() => noShift);
  const middle = (unitPerStep: number, travel: number): ZaberAxisBody => ({
    unitPerStep,
    travel,
    start: travel / 2,
  });
  const bodies = [
    middle(mountStep.mm, mountTravel.lateralMm),
    middle(mountStep.mm, mountTravel.lateralMm),
    middle(mountStep.mm, axialTravelMm(places)),
    middle(mountStep.deg, mountTravel.rotationDeg),
  ];
  return new Zaber({
    time,
    devices: places.zMm.map(() => bodies),
    ...(firmware && {firmware}),
    onRest: (device, axis, offset) => {
      const shift = {...shifts[device], [mountAxes[axis]]: offset};
      changePlates((holders) => holders.setMotor(device + 1, shift));
      shifts[device] = shift;
    },
  });
}
