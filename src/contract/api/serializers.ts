/**
 * How numbers in bulk cross a text transport: the array's bytes, little-endian as on every machine we run on, in
 * base64. Both ends of an RPC link are given this list.
 */
type TypedArray = Float32Array | Float64Array | Uint8Array;

interface TypedArraySerializer {
  /** Number of the kind on the wire; below 20 belongs to the library. */
  readonly type: number;
  condition(data: unknown): boolean;
  serialize(data: TypedArray): string;
  deserialize(text: string): TypedArray;
}

const textFrom = ({buffer, byteOffset, byteLength}: TypedArray): string => {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const chunk = 0x8000;
  let text = '';
  for (let start = 0; start < bytes.length; start += chunk)
    text += String.fromCharCode(...bytes.subarray(start, start + chunk));
  return btoa(text);
};

const bytesFrom = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
};

/** How typed arrays travel in JSON transports: base64 of their bytes with their type. */
export const typedArraySerializers: readonly TypedArraySerializer[] = [
  {
    type: 21,
    condition: (data) => data instanceof Float32Array,
    serialize: textFrom,
    deserialize: (text) => new Float32Array(bytesFrom(text).buffer),
  },
  {
    type: 22,
    condition: (data) => data instanceof Float64Array,
    serialize: textFrom,
    deserialize: (text) => new Float64Array(bytesFrom(text).buffer),
  },
  {
    type: 23,
    condition: (data) => data instanceof Uint8Array,
    serialize: textFrom,
    deserialize: bytesFrom,
  },
];
