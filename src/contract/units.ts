/**
 * The only place where numbers change their unit. Inside the program there is one unit a dimension: mm, Hz, V, W,
 * s (ms for timers), radians in the twin and degrees on the wire and on screen.
 */
export const speedOfLightMmPerS = 299_792_458_000;

/** Wavelength in vacuum, mm: c / f. */
export const wavelengthMmFromHz = (frequencyHz: number): number => speedOfLightMmPerS / frequencyHz;
/** Degrees as radians. */
export const radFromDeg = (deg: number): number => (deg * Math.PI) / 180;
/** Radians as degrees. */
export const degFromRad = (rad: number): number => (rad * 180) / Math.PI;
/** Seconds as milliseconds. */
export const msFromS = (seconds: number): number => seconds * 1000;
/** Milliseconds as seconds. */
export const sFromMs = (ms: number): number => ms / 1000;
/** Hours as seconds. */
export const sFromH = (hours: number): number => hours * 3600;
/** Gigahertz as hertz. */
export const hzFromGhz = (ghz: number): number => ghz * 1e9;
/** Hertz as gigahertz. */
export const ghzFromHz = (hz: number): number => hz / 1e9;
/** Millimetres as micrometres. */
export const umFromMm = (mm: number): number => mm * 1000;
/** Megahertz as hertz. */
export const hzFromMhz = (mhz: number): number => mhz * 1e6;
/** Hertz as megahertz. */
export const mhzFromHz = (hz: number): number => hz / 1e6;
/** Inches as millimetres: 25.4 mm by definition. */
export const mmFromInch = (inch: number): number => inch * 25.4;
/** Millimetres a minute as millimetres a second. */
export const mmPerSFromMmPerMin = (mmPerMin: number): number => mmPerMin / 60;

const unitSuffixes: readonly (readonly [suffix: string, unit: string])[] = [
  ['MmPerMin', 'mm/min'],
  ['Dbm', 'dBm'],
  ['Deg', 'deg'],
  ['Mm', 'mm'],
  ['Ms', 'ms'],
  ['Hz', 'Hz'],
  ['V', 'V'],
  ['S', 's'],
  ['W', 'W'],
];

/** Unit of a setting from its name (`timeConstantS` -> s), '' when it carries none. */
export const unitFromName = (name: string): string =>
  unitSuffixes.find(([suffix]) => name.endsWith(suffix) && name.length > suffix.length)?.[1] ?? '';

/** Words of a name in code without its unit: `powerDbm` -> power, `isMoving` -> is moving. */
export function wordsFromName(name: string): string {
  const suffix = unitSuffixes.find(([end]) => name.endsWith(end) && name.length > end.length)?.[0] ?? '';
  return name
    .slice(0, name.length - suffix.length)
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
