import {strFromU8, unzipSync} from 'fflate';
import type {TriangleMesh} from '../../../src/twin/print/triangle-mesh.ts';

/** A binary STL as a slicer reads it. */
export function readStl(bytes: Uint8Array): TriangleMesh & {readonly title: string} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(80, true);
  if (bytes.length !== 84 + 50 * count) throw new Error(`${bytes.length} bytes for ${count} triangles`);
  const positions = new Float32Array(9 * count);
  for (let t = 0; t < count; t++)
    for (let i = 0; i < 9; i++) positions[9 * t + i] = view.getFloat32(84 + 50 * t + 12 + 4 * i, true);
  const title = new TextDecoder().decode(bytes.subarray(0, 80)).replace(/\0+$/, '');
  return {title, positions, triangles: Uint32Array.from({length: 3 * count}, (_, i) => i)};
}

/** The mesh of a 3MF package, and the unit that it is in. */
export function read3mf(bytes: Uint8Array): TriangleMesh & {readonly unit: string; readonly paths: string[]} {
  const parts = unzipSync(bytes);
  const model = strFromU8(parts['3D/3dmodel.model']);
  const numbers = (tag: string): number[] =>
    [...model.matchAll(new RegExp(`<${tag} \\w+="([^"]+)" \\w+="([^"]+)" \\w+="([^"]+)"/>`, 'g'))].flatMap(
      ([, a, b, c]) => [Number(a), Number(b), Number(c)],
    );
  return {
    unit: /<model unit="(\w+)"/.exec(model)?.[1] ?? '',
    paths: Object.keys(parts).sort(),
    positions: Float32Array.from(numbers('vertex')),
    triangles: Uint32Array.from(numbers('triangle')),
  };
}
