/**
 * Perceptually even colour maps from their published control points, straight in sRGB between them.
 * viridis: Smith and van der Walt 2015, CC0; cividis: Nunez, Anderton and Renslow 2018; the diverging map is RdBu of
 * ColorBrewer (Brewer, Apache-2.0), turned so that blue is negative.
 */
export type Rgb = readonly [red: number, green: number, blue: number];

const controlPoints = {
  viridis: '440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725',
  cividis: '00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838',
  difference: '053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f',
  mask: '3f454d f1ede2',
} as const;

export type ColourMapName = keyof typeof controlPoints;
export const colourMapNames = Object.keys(controlPoints) as readonly ColourMapName[];

const rgbFromHex = (hex: string): Rgb => [
  Number.parseInt(hex.slice(0, 2), 16),
  Number.parseInt(hex.slice(2, 4), 16),
  Number.parseInt(hex.slice(4, 6), 16),
];

/** Control points of a map from its low to its high end, as `#rrggbb`. */
export const colourStops = (name: ColourMapName): readonly string[] =>
  controlPoints[name].split(' ').map((hex) => `#${hex}`);

/** Colour at `part` (0..1, clamped) of a map. `part` must be a number: an unmeasured cell has no colour. */
export function createColourMap(name: ColourMapName): (part: number) => Rgb {
  const stops = controlPoints[name].split(' ').map(rgbFromHex);
  return (part) => {
    if (Number.isNaN(part)) throw new RangeError('A cell without a value has no colour on a scale.');
    const at = Math.max(0, Math.min(1, part)) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(at));
    const [low, high] = [stops[index], stops[index + 1]];
    const mix = (channel: 0 | 1 | 2): number =>
      Math.round(low[channel] + (at - index) * (high[channel] - low[channel]));
    return [mix(0), mix(1), mix(2)];
  };
}
