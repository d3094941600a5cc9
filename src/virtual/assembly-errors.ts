import type {Random} from '../base/random.ts';
import {BenchError} from '../contract/errors.ts';
import type {Placement} from '../contract/placement.ts';

/** What hands do wrong when a bench is put together. Plates are counted from 1, the first behind the object. */
export type AssemblyError =
  /** Back to front: turned over about the vertical axis. */
  | {readonly kind: 'mirrored'; readonly plate: number}
  /** Turned over about the horizontal axis. */
  | {readonly kind: 'upside-down'; readonly plate: number}
  /** Turned about the beam by 180 degrees. */
  | {readonly kind: 'half-turned'; readonly plate: number}
  /** Turned about the beam by 90 degrees, from x to y (1) or from y to x (-1). */
  | {readonly kind: 'quarter-turned'; readonly plate: number; readonly turns: 1 | -1}
  | {readonly kind: 'exchanged'; readonly plates: readonly [number, number]}
  | {readonly kind: 'absent'; readonly plate: number}
  | {readonly kind: 'object-mirrored'}
  | {readonly kind: 'object-upside-down'}
  | {readonly kind: 'object-half-turned'};
export type AssemblyErrorKind = AssemblyError['kind'];

/** What stands at a plate's place: the number of the printed plate, null for none. */
export type Print = number | null;

/** A bench before or after assembly errors. */
export interface Assembly {
  readonly prints: readonly Print[];
  readonly layers: readonly Placement[];
  readonly object: Placement;
}

const flips = {
  mirrored: {flipX: true, flipY: false},
  'upside-down': {flipX: false, flipY: true},
  'half-turned': {flipX: true, flipY: true},
} as const;

type Turn = (typeof flips)[keyof typeof flips];
const turnOver = (placement: Placement, {flipX, flipY}: Turn): Placement => ({
  ...placement,
  flipX: placement.flipX !== flipX,
  flipY: placement.flipY !== flipY,
});

/**
 * The bench with one more assembly error made. Placement errors belong to the places (a holder's slots), so that exchanged
 * plates take over each other's. Throws `file/invalid` for a plate that the bench has not.
 */
export function withAssemblyError(assembly: Assembly, assemblyError: AssemblyError): Assembly {
  const {prints, layers, object} = assembly;
  const indexOf = (plate: number): number => {
    if (Number.isInteger(plate) && plate >= 1 && plate <= prints.length) return plate - 1;
    throw new BenchError(
      'file/invalid',
      `The scene settings make an assembly error with plate ${plate}, and the bench has ${prints.length}. Nothing was started.`,
    );
  };
  const changed = (plate: number, change: (placement: Placement) => Placement): Assembly => ({
    ...assembly,
    layers: layers.with(indexOf(plate), change(layers[indexOf(plate)])),
  });
  switch (assemblyError.kind) {
    case 'mirrored':
    case 'upside-down':
    case 'half-turned':
      return changed(assemblyError.plate, (placement) => turnOver(placement, flips[assemblyError.kind]));
    case 'quarter-turned':
      return changed(assemblyError.plate, (placement) => ({
        ...placement,
        rotationDeg: placement.rotationDeg + 90 * assemblyError.turns,
      }));
    case 'exchanged': {
      const [a, b] = assemblyError.plates.map(indexOf);
      return {...assembly, prints: prints.with(a, prints[b]).with(b, prints[a])};
    }
    case 'absent':
      return {...assembly, prints: prints.with(indexOf(assemblyError.plate), null)};
    case 'object-mirrored':
    case 'object-upside-down':
    case 'object-half-turned': {
      const turn = flips[assemblyError.kind.slice('object-'.length) as keyof typeof flips];
      return {...assembly, object: turnOver(object, turn)};
    }
  }
}

/** Draws assembly errors of the given kinds; no plate is concerned twice. */
export function drawAssemblyErrors(
  {count, kinds}: {readonly count: number; readonly kinds: readonly AssemblyErrorKind[]},
  plateCount: number,
  random: Random,
): readonly AssemblyError[] {
  const left = Array.from({length: plateCount}, (_, i) => i + 1);
  const takePlate = (): number | undefined => left.splice(random.integer(left.length), 1)[0];
  const assemblyErrors: AssemblyError[] = [];
  for (let drawn = 0; drawn < count && kinds.length > 0; drawn++) {
    const kind = kinds[random.integer(kinds.length)];
    if (kind === 'object-mirrored' || kind === 'object-upside-down' || kind === 'object-half-turned') {
      if (!assemblyErrors.some((assemblyError) => assemblyError.kind.startsWith('object-')))
        assemblyErrors.push({kind});
      continue;
    }
    const plate = takePlate();
    if (plate === undefined) break;
    if (kind === 'exchanged') {
      const other = takePlate();
      if (other !== undefined) assemblyErrors.push({kind, plates: [plate, other]});
    } else if (kind === 'quarter-turned')
      assemblyErrors.push({kind, plate, turns: random.uniform() < 0.5 ? 1 : -1});
    else assemblyErrors.push({kind, plate});
  }
  return assemblyErrors;
}
