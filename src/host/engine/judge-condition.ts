import {quantityText} from '../../base/number-format.ts';
import type {Condition, Fact, FactAspect, SettingValue} from '../../contract/devices.ts';

/** What is not as it must be. */
export interface Difference {
  /** A sentence part. */
  readonly text: string;
  readonly aspect?: FactAspect | undefined;
}

/** What is found of a fact at a look, and what it must be; undefined for nothing that is known. */
export type FactListener = (role: string, fact: Fact, wanted: SettingValue | undefined) => void;

/** Compares looks at one instrument after the other: with what must be, and with what the first look found. */
export class ConditionJudge {
  /** By role, then by fact. */
  readonly #known = new Map<string, ReadonlyMap<string, Fact>>();
  readonly #onFact: FactListener | undefined;

  constructor(onFact?: FactListener) {
    this.#onFact = onFact;
  }

  /** What is not as it must be. What is right, or new, is remembered for the looks to come. */
  differencesOf(role: string, {facts}: Condition): Difference[] {
    const known = this.#known.get(role);
    const kept = new Map<string, Fact>();
    const differences: Difference[] = [];
    for (const fact of facts) {
      const before = known?.get(fact.name);
      const isOwnChange = before !== undefined && before.changeCount !== fact.changeCount;
      const wanted = fact.expected ?? (isOwnChange ? undefined : before?.value);
      // The first value stays the measure: something that creeps must not be followed.
      kept.set(fact.name, before === undefined || isOwnChange ? fact : before);
      this.#onFact?.(role, fact, wanted);
      if (wanted !== undefined && !isSame(fact, wanted))
        differences.push({text: differenceText(role, fact, wanted), aspect: fact.aspect});
    }
    // A fact that was known must be reported again: an instrument that has forgotten one is another than before.
    for (const [name, fact] of known ?? []) {
      if (kept.has(name)) continue;
      kept.set(name, fact);
      differences.push({
        text: `${role}: ${fact.label} was ${textOf(fact.value, fact.unit)} and cannot be read now`,
      });
    }
    this.#known.set(role, kept);
    return differences;
  }
}

/** `source: RF output is off instead of on`. */
const differenceText = (role: string, {label, unit, value}: Fact, wanted: SettingValue): string =>
  `${role}: ${label} is ${textOf(value, unit)} instead of ${textOf(wanted, unit)}`;

function isSame({value, tolerance = 0, isAngle}: Fact, wanted: SettingValue): boolean {
  if (typeof value !== 'number' || typeof wanted !== 'number') return value === wanted;
  const away = value - wanted;
  return Math.abs(isAngle === true ? away - 360 * Math.round(away / 360) : away) <= tolerance;
}

/** A value as a person reads it: `on`, `401.4 GHz`, `10 dBm`. */
export function textOf(value: SettingValue, unit: string): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value;
  return quantityText(value, unit, 10);
}

/** How far the frequency that a lock-in finds may be from what the source chops with. */
const chopToleranceRatio = 0.01;

/**
 * What a lock-in with an external reference finds must be what the source chops with; null when it is, or when the
 * source does not chop.
 */
export function chopDifference(
  lockIn: {readonly role: string; readonly facts: readonly Fact[]},
  source: {readonly role: string; readonly isModulationOn: boolean; readonly modulationHz: number},
): string | null {
  const valueOf = (name: string): SettingValue | undefined =>
    lockIn.facts.find((fact) => fact.name === name)?.value;
  const foundHz = valueOf('referenceFrequencyHz');
  if (!source.isModulationOn || valueOf('referenceSource') !== 'external') return null;
  if (typeof foundHz !== 'number') return null;
  if (Math.abs(foundHz / source.modulationHz - 1) <= chopToleranceRatio) return null;
  return `${lockIn.role}: its reference is ${textOf(foundHz, 'Hz')}, while the ${source.role} chops at ${textOf(source.modulationHz, 'Hz')}`;
}
