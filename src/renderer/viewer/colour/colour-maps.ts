import {colourTables} from './colour-tables.ts';

/** Names of the colour maps; `twilight` is cyclic (phase), `diverging` is blue-white-red about zero. */
export type ColourMapName = keyof typeof colourTables;

export const colourMapNames = Object.keys(colourTables) as ColourMapName[];

/** What an operator reads in a menu of colour maps. */
export const colourMapLabels: Readonly<Record<ColourMapName, string>> = {
  viridis: 'Viridis',
  cividis: 'Cividis',
  inferno: 'Inferno',
  magma: 'Magma',
  twilight: 'Twilight (phase)',
  grey: 'Grey',
  diverging: 'Blue-white-red',
};

/** Whether both ends of a map are the same colour, so that a whole turn closes. */
export const isCyclic = (name: ColourMapName): boolean => name === 'twilight';

/** Red, green, blue, each 0..255. */
export type Rgb = readonly [number, number, number];

export const lutSize = 256;

const luts = new Map<ColourMapName, Uint32Array>();

/** Colour at a fraction 0..1 of a map; fractions outside are held at the ends. */
export function colourAt(name: ColourMapName, fraction: number): Rgb {
  const table = colourTables[name];
  const last = table.length / 6 - 1;
  const at = Math.min(Math.max(fraction, 0), 1) * last;
  const index = Math.min(Math.floor(at), last - 1);
  const channel = (offset: number) => {
    const low = parseInt(table.slice(index * 6 + offset, index * 6 + offset + 2), 16);
    const high = parseInt(table.slice(index * 6 + offset + 6, index * 6 + offset + 8), 16);
    return Math.round(low + (high - low) * (at - index));
  };
  return [channel(0), channel(2), channel(4)];
}

/** Packs a colour as the pixel of an ImageData seen as Uint32Array (little-endian machines only exist here). */
export const packRgb = ([red, green, blue]: Rgb): number =>
  ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The 256 packed pixels of a map, from its low end to its high end; made once and shared. */
export function colourLut(name: ColourMapName): Uint32Array {
  const known = luts.get(name);
  if (known) return known;
  const lut = Uint32Array.from({length: lutSize}, (_, i) => packRgb(colourAt(name, i / (lutSize - 1))));
  luts.set(name, lut);
  return lut;
}
