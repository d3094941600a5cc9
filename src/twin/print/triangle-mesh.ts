/** A surface of triangles; corners counter-clockwise as seen from outside. */
export interface TriangleMesh {
  /** x, y, z of each vertex, mm, in the single precision of the files. */
  readonly positions: Float32Array;
  /** Three vertices a triangle. */
  readonly triangles: Uint32Array;
}

/** What tells whether a surface is the skin of a solid. */
export interface MeshReport {
  readonly triangleCount: number;
  /** Edges that are not shared by exactly two triangles which run along them in opposite directions. */
  readonly openEdgeCount: number;
  /** Triangles without area: two corners at one place. */
  readonly flatCount: number;
  /** Positive when the normals point outward (divergence theorem). */
  readonly volumeMm3: number;
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

/** Examines a surface as a program that reads its file would: vertices at one place are one vertex. */
export function examineMesh({positions, triangles}: TriangleMesh): MeshReport {
  const merged = mergedVertices(positions);
  const vertexCount = positions.length / 3;
  // Of an edge: how often it is run along upwards minus downwards, and how often at all.
  const edges = new Map<number, number>();
  let [flatCount, volumeMm3] = [0, 0];
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [merged[triangles[t]], merged[triangles[t + 1]], merged[triangles[t + 2]]];
    const [a, b, c] = corners;
    if (a === b || b === c || c === a) {
      flatCount++;
      continue;
    }
    volumeMm3 += signedVolume(positions, corners);
    for (const [from, to] of [
      [a, b],
      [b, c],
      [c, a],
    ]) {
      const key = from < to ? from * vertexCount + to : to * vertexCount + from;
      // Up counts 1, down 1024: a good edge comes to 1025.
      edges.set(key, (edges.get(key) ?? 0) + (from < to ? 1 : 1024));
    }
  }
  let openEdgeCount = 0;
  for (const runs of edges.values()) if (runs !== 1025) openEdgeCount++;
  return {triangleCount: triangles.length / 3, openEdgeCount, flatCount, volumeMm3, ...boundsOf(positions)};
}

/** For each vertex the first one that lies at its place. */
function mergedVertices(positions: Float32Array): Uint32Array {
  const first = new Map<string, number>();
  const merged = new Uint32Array(positions.length / 3);
  for (let v = 0; v < merged.length; v++) {
    // A negative zero is at the same place.
    const key = `${positions[3 * v] + 0},${positions[3 * v + 1] + 0},${positions[3 * v + 2] + 0}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, v);
    merged[v] = known ?? v;
  }
  return merged;
}

function signedVolume(p: Float32Array, [a, b, c]: readonly number[]): number {
  const [ax, ay, az] = [p[3 * a], p[3 * a + 1], p[3 * a + 2]];
  const [bx, by, bz] = [p[3 * b], p[3 * b + 1], p[3 * b + 2]];
  const [cx, cy, cz] = [p[3 * c], p[3 * c + 1], p[3 * c + 2]];
  return (ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)) / 6;
}

function boundsOf(positions: Float32Array): Pick<MeshReport, 'min' | 'max'> {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    min[i % 3] = Math.min(min[i % 3], positions[i]);
    max[i % 3] = Math.max(max[i % 3], positions[i]);
  }
  return {min, max};
}
