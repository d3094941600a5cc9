/** What a TIFF says of one of its pictures, as far as grey ones need it. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 floating. */
  readonly sampleFormat: number;
  readonly samples: number;
  readonly compression: number;
  /** 0 white is 0, 1 black is 0; others are in colour. */
  readonly photometric: number;
  readonly orientation: number;
  readonly predictor: number;
  readonly rowsPerStrip: number;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}

const tags = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  offsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  byteCounts: 279,
  predictor: 317,
  tileWidth: 322,
  sampleFormat: 339,
} as const;

/** Bytes of a value of the types that are whole numbers: byte, short, long. */
const typeBytes: Readonly<Record<number, number>> = {1: 1, 3: 2, 4: 4};

const pageLimit = 64;
/** Strips of one row each of the tallest picture. */
const valueLimit = 65_536;

/** The pictures of a TIFF, in their order. Throws Error with a sentence: no TIFF, BigTIFF, damaged, too many pages. */
export function tiffPagesOf(bytes: Uint8Array): {
  readonly isLittle: boolean;
  readonly pages: readonly TiffPage[];
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw cutOff();
  const isLittle = bytes[0] === 0x49;
  const version = view.getUint16(2, isLittle);
  if (version === 43) throw new Error('it is a BigTIFF; save it as a plain TIFF (below 4 GB)');
  if (version !== 42) throw new Error('it does not begin as a TIFF does');
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  for (let at = view.getUint32(4, isLittle); at !== 0;) {
    if (seen.has(at)) throw new Error('its pages form a circle: it is damaged');
    seen.add(at);
    if (pages.length >= pageLimit) throw new Error(`it has more than ${pageLimit} pages, which are not read`);
    if (at + 2 > bytes.length) throw cutOff();
    const count = view.getUint16(at, isLittle);
    const end = at + 2 + 12 * count;
    if (end + 4 > bytes.length) throw cutOff();
    const fields = new Map<number, readonly number[]>();
    for (let entry = at + 2; entry < end; entry += 12) {
      const values = valuesAt(view, entry, isLittle);
      if (values) fields.set(view.getUint16(entry, isLittle), values);
    }
    pages.push(pageFrom(fields));
    at = view.getUint32(end, isLittle);
  }
  if (pages.length === 0) throw new Error('it holds no picture');
  return {isLittle, pages};
}

const cutOff = (): Error => new Error('it is cut off, or damaged: its description cannot be read');

const known = new Set<number>(Object.values(tags));

/** Whole numbers of a field; undefined for fields that nobody asks for. */
function valuesAt(view: DataView, entry: number, isLittle: boolean): readonly number[] | undefined {
  if (!known.has(view.getUint16(entry, isLittle))) return undefined;
  const type = view.getUint16(entry + 2, isLittle);
  if (!Object.hasOwn(typeBytes, type)) return undefined;
  const size = typeBytes[type];
  const count = view.getUint32(entry + 4, isLittle);
  if (count > valueLimit)
    throw new Error('one of its lists is longer than any that can be meant: it is damaged');
  const start = count * size <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle);
  if (start + count * size > view.byteLength) throw cutOff();
  return Array.from({length: count}, (_, i) => {
    const at = start + i * size;
    if (size === 1) return view.getUint8(at);
    return size === 2 ? view.getUint16(at, isLittle) : view.getUint32(at, isLittle);
  });
}

function pageFrom(fields: ReadonlyMap<number, readonly number[]>): TiffPage {
  const first = (tag: number, otherwise: number): number => fields.get(tag)?.[0] ?? otherwise;
  if (fields.has(tags.tileWidth)) throw new Error('it is made of tiles; save it in strips (the usual kind)');
  const offsets = fields.get(tags.offsets);
  const byteCounts = fields.get(tags.byteCounts);
  if (!offsets || !byteCounts) throw new Error('it does not say where its pixels lie: it is damaged');
  return {
    width: first(tags.width, 0),
    height: first(tags.height, 0),
    bits: first(tags.bits, 1),
    sampleFormat: first(tags.sampleFormat, 1),
    samples: first(tags.samples, 1),
    compression: first(tags.compression, 1),
    photometric: first(tags.photometric, 1),
    orientation: first(tags.orientation, 1),
    predictor: first(tags.predictor, 1),
    rowsPerStrip: Math.max(1, first(tags.rowsPerStrip, 0xffff_ffff)),
    offsets,
    byteCounts,
  };
}
