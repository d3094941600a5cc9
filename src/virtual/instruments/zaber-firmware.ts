/**
 * Firmware of the simulated devices, each with the settings that its manual lists (Zaber ASCII Protocol Manual, firmware
 * 6 and firmware 7): the oldest that speaks ASCII, the first with a serial number, the last change before 7, the first
 * 7, and a present one.
 */
export const zaberFirmwares = ['6.06', '6.15', '6.28', '7.01', '7.35'] as const;
export type ZaberFirmware = (typeof zaberFirmwares)[number];

/** The firmware of that name; undefined for one that is not simulated. */
export const zaberFirmwareFrom = (text: string): ZaberFirmware | undefined =>
  zaberFirmwares.find((firmware) => firmware === text);

export const isFirmware7 = (firmware: ZaberFirmware): boolean => firmware.startsWith('7.');

const isBefore = (firmware: ZaberFirmware, other: ZaberFirmware): boolean =>
  zaberFirmwares.indexOf(firmware) < zaberFirmwares.indexOf(other);

/** Settings that not every firmware knows. */
const knownBy: Readonly<Record<string, (firmware: ZaberFirmware) => boolean>> = {
  deviceid: (firmware) => !isFirmware7(firmware),
  peripheralid: (firmware) => !isFirmware7(firmware),
  'device.id': isFirmware7,
  'peripheral.id': isFirmware7,
  'system.serial': (firmware) => !isBefore(firmware, '6.15'),
  resolution: (firmware) => firmware !== '7.01',
};

export const knowsSetting = (firmware: ZaberFirmware, name: string): boolean =>
  !Object.hasOwn(knownBy, name) || knownBy[name](firmware);
