/** What stands before the numbers of an .npy file. */
export interface NpyHeader {
  /** NumPy's type string, `<f4`. */
  readonly descr: string;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin, bytes. */
  readonly dataStart: number;
}

/** The first bytes of every .npy file: 0x93 and `NUMPY` (numpy.lib.format). */
export const npyMagic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** NumPy itself writes headers below 10,000 bytes and asks before it reads larger ones. */
const headerLimitBytes = 65_536;
/** As many as NumPy allows. */
const axisLimit = 64;

/** Reads the header of versions 1 to 3 (numpy.lib.format). Throws Error with a sentence that says what is wrong. */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || npyMagic.some((byte, i) => bytes[i] !== byte))
    throw new Error('it does not begin as an .npy file does');
  const version = bytes[6];
  if (version < 1 || version > 3) throw new Error(`its .npy version ${version} is not known`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new Error('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > headerLimitBytes)
    throw new Error(`its header claims ${length} bytes; at most ${headerLimitBytes} are read`);
  if (start + length > bytes.length) throw new Error('its header is cut off');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(start, start + length),
  );
  return {...fieldsFrom(text), dataStart: start + length};
}

function fieldsFrom(text: string): Omit<NpyHeader, 'dataStart'> {
  if (/['"]descr['"]\s{0,8}:\s{0,8}\[/.test(text))
    throw new Error('it holds records of several fields; save one plain array of numbers');
  const descr = /['"]descr['"]\s{0,8}:\s{0,8}['"]([^'"]{1,40})['"]/.exec(text)?.[1];
  const order = /['"]fortran_order['"]\s{0,8}:\s{0,8}(True|False)/.exec(text)?.[1];
  const shapeText = /['"]shape['"]\s{0,8}:\s{0,8}\(([^)]{0,2000})\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shapeText === undefined)
    throw new Error('its header cannot be read');
  const parts = shapeText.split(',').map((part) => part.trim());
  // A tuple may end in a comma: (3,).
  if (parts.at(-1) === '') parts.pop();
  // Python 2 wrote long integers as 3L.
  const shape = parts.map((part) => (/^\d{1,16}L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
  if (shape.length > axisLimit || !shape.every((count) => Number.isSafeInteger(count)))
    throw new Error('its shape cannot be read');
  return {descr, isFortranOrder: order === 'True', shape};
}
