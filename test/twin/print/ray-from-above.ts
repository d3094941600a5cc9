import type {TriangleMesh} from '../../../src/twin/print/triangle-mesh.ts';

/** The highest place of a surface over (x, y), mm: where a ray from above meets it first; NaN beside it. */
export function heightFromAbove({positions, triangles}: TriangleMesh, x: number, y: number): number {
  let highest = NaN;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const [ax, ay, bx, by] = [positions[a], positions[a + 1], positions[b], positions[b + 1]];
    const [cx, cy] = [positions[c], positions[c + 1]];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (area === 0) continue;
    const u = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area;
    const v = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area;
    const w = 1 - u - v;
    if (u < 0 || v < 0 || w < 0) continue;
    const z = u * positions[a + 2] + v * positions[b + 2] + w * positions[c + 2];
    if (!(z <= highest)) highest = z;
  }
  return highest;
}
