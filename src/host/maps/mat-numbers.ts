/** Bytes and reader of a number, by the type of a data element (miTYPE) of a MATLAB file. */
const readers: Readonly<
  Record<number, readonly [bytes: number, read: (view: DataView, at: number, isLittle: boolean) => number]>
> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, isLittle) => view.getInt16(at, isLittle)],
  4: [2, (view, at, isLittle) => view.getUint16(at, isLittle)],
  5: [4, (view, at, isLittle) => view.getInt32(at, isLittle)],
  6: [4, (view, at, isLittle) => view.getUint32(at, isLittle)],
  7: [4, (view, at, isLittle) => view.getFloat32(at, isLittle)],
  9: [8, (view, at, isLittle) => view.getFloat64(at, isLittle)],
  12: [8, (view, at, isLittle) => Number(view.getBigInt64(at, isLittle))],
  13: [8, (view, at, isLittle) => Number(view.getBigUint64(at, isLittle))],
};

/**
 * The numbers of a data element: MATLAB stores them in the smallest type that holds them, whatever the class of the
 * array. Throws Error with a sentence where they are not `total`.
 */
export function readNumbers(
  {type, data}: {readonly type: number; readonly data: DataView},
  {total, isLittle, name}: {readonly total: number; readonly isLittle: boolean; readonly name: string},
): Float64Array {
  if (!Object.hasOwn(readers, type))
    throw new Error(`its variable ${name} holds numbers of an unknown type (${type}): it is damaged`);
  const [bytes, read] = readers[type];
  if (data.byteLength !== total * bytes)
    throw new Error(
      `its variable ${name} holds ${Math.floor(data.byteLength / bytes)} numbers where its size asks for ${total}`,
    );
  const values = new Float64Array(total);
  for (let i = 0; i < total; i++) values[i] = read(data, i * bytes, isLittle);
  return values;
}
