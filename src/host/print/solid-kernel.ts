import createManifold from 'manifold-3d';
import {BenchError} from '../../contract/errors.ts';
import type {Box} from '../../twin/print/holder.ts';
import type {Point} from '../../twin/print/plate-shape.ts';
import type {TriangleMesh} from '../../twin/print/triangle-mesh.ts';

/** A solid in the kernel's memory; freed by `delete`. */
interface Solid {
  add(other: Solid): Solid;
  subtract(other: Solid): Solid;
  status(): string;
  getMesh(): {
    readonly numProp: number;
    readonly vertProperties: Float32Array;
    readonly triVerts: Uint32Array;
  };
  delete(): void;
}

/** The part of manifold-3d that is used here; its own types cannot be resolved by this compiler. */
interface ManifoldModule {
  setup(): void;
  readonly Mesh: new (options: {
    readonly numProp: number;
    readonly vertProperties: Float32Array;
    readonly triVerts: Uint32Array;
  }) => object;
  readonly Manifold: {
    ofMesh(mesh: object): Solid;
    extrude(polygons: readonly (readonly Point[])[], heightMm: number): Solid;
    cube(sizeMm: readonly [number, number, number]): Solid & {translate(by: readonly number[]): Solid};
    union(solids: readonly Solid[]): Solid;
  };
}

/** Makes solids and puts them together. All of one kernel are freed with it. */
export interface SolidKernel extends Disposable {
  /** Throws `internal` for a surface that does not enclose a solid. */
  ofMesh(mesh: TriangleMesh): Solid;
  /** From z = 0 upward; outlines counter-clockwise, holes clockwise. */
  extrude(polygons: readonly (readonly Point[])[], heightMm: number): Solid;
  box(box: Box): Solid;
  union(solids: readonly Solid[]): Solid;
  subtract(solid: Solid, cut: readonly Solid[]): Solid;
  meshOf(solid: Solid): TriangleMesh;
}

let loading: Promise<ManifoldModule> | undefined;

/** The kernel of manifold-3d (WebAssembly; loaded once a thread). */
export async function createSolidKernel(): Promise<SolidKernel> {
  loading ??= load();
  const {Manifold, Mesh} = await loading;
  const made = new Set<Solid>();
  const keep = (solid: Solid, what: string): Solid => {
    made.add(solid);
    const status = solid.status();
    if (status !== 'NoError')
      throw new BenchError(
        'internal',
        `${what} is no solid (${status}), so nothing was written. This is a fault of the program: report it with the design.`,
      );
    return solid;
  };
  const union = (solids: readonly Solid[]): Solid => keep(Manifold.union(solids), 'A union');
  return {
    ofMesh: ({positions, triangles}) =>
      keep(
        Manifold.ofMesh(new Mesh({numProp: 3, vertProperties: positions, triVerts: triangles})),
        'A relief',
      ),
    extrude: (polygons, heightMm) => keep(Manifold.extrude(polygons, heightMm), 'An extrusion'),
    box({min, max}) {
      const cube = Manifold.cube([max[0] - min[0], max[1] - min[1], max[2] - min[2]]);
      made.add(cube);
      return keep(cube.translate(min), 'A box');
    },
    union,
    subtract: (solid, cut) =>
      cut.length === 0 ? solid : keep(solid.subtract(union(cut)), 'What is left of a solid'),
    meshOf(solid) {
      const {numProp, vertProperties, triVerts} = solid.getMesh();
      if (numProp !== 3)
        throw new BenchError(
          'internal',
          'The kernel of solids gave a surface of another kind than asked for.',
        );
      // Copies: the kernel's memory moves.
      return {positions: Float32Array.from(vertProperties), triangles: Uint32Array.from(triVerts)};
    },
    [Symbol.dispose]() {
      for (const solid of made) solid.delete();
      made.clear();
    },
  };
}

async function load(): Promise<ManifoldModule> {
  const module: ManifoldModule = await createManifold();
  module.setup();
  return module;
}
