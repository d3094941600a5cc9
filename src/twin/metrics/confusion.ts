import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';

/** How often each true class got which winner; classes count from 0. */
export interface ConfusionMatrix {
  /** counts[true class][winner]. */
  readonly counts: readonly (readonly number[])[];
  /** Objects of each true class for which no winner was certain. */
  readonly undecided: readonly number[];
}

/** Counts winners by true class. `winners[i]` is null where the verdict is undecided. */
export function computeConfusion(
  classCount: number,
  truths: readonly number[],
  winners: readonly (number | null)[],
): ConfusionMatrix {
  assertPaired(truths, winners);
  const counts = Array.from({length: classCount}, () => new Array<number>(classCount).fill(0));
  const undecided = new Array<number>(classCount).fill(0);
  truths.forEach((truth, i) => {
    assertClass(truth, classCount);
    const winner = winners[i]!;
    if (winner === null) undecided[truth] += 1;
    else {
      assertClass(winner, classCount);
      counts[truth][winner] += 1;
    }
  });
  return {counts, undecided};
}

/** Mean shares by true class (rows) and region (columns); null for a class without objects. */
export function computeEnergyMatrix(
  classCount: number,
  truths: readonly number[],
  shares: readonly ArrayLike<number>[],
): readonly (readonly number[] | null)[] {
  assertPaired(truths, shares);
  return Array.from({length: classCount}, (_, truth) => {
    const members = shares.filter((_shares, i) => truths[i] === truth);
    if (members.length === 0) return null;
    return Array.from(members[0], (_value, k) => {
      let sum = 0;
      for (const member of members) sum += member[k];
      return sum / members.length;
    });
  });
}

function assertPaired(a: readonly unknown[], b: readonly unknown[]): void {
  if (a.length !== b.length)
    throw new BenchError(
      'twin/invalid',
      `${countOf(a.length, 'label')} cannot be compared with ${countOf(b.length, 'result')}.`,
    );
}

function assertClass(value: number, classCount: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= classCount)
    throw new BenchError('twin/invalid', `Class ${value} does not exist; there are ${classCount}.`);
}
