import {fixedText, roundedText} from '../../base/number-format.ts';
import {storedColumnsOf} from '../../contract/detector.ts';
import type {CallOptions, Detector, Fact, FactAspect} from '../../contract/devices.ts';
import type {Suspender} from '../../contract/suspender.ts';
import {type DeviceMap, valuesFromReading} from './device-values.ts';

/** What is asked beside the conditions of the instruments. */
export interface Surroundings {
  /** Of an instrument of the bench, by the names of its driver. */
  readonly readInput: (role: string, parameter: string, call: CallOptions) => Promise<number>;
  /** On the disk of the data folder. */
  readonly freeBytes: () => Promise<number>;
  /** Since somebody was connected last, s. */
  readonly absentS: () => number;
}

/** How things are asked while they are polled. */
export interface PollCall {
  readonly callOf: (role: string) => CallOptions;
  /** Among them the detector, for the reference point where the stage stands on it. */
  readonly devices: DeviceMap;
  readonly nowMs: number;
}

/** Value of what a condition is about, and whether that is well; `nearer`: judged with the hysteresis. */
interface Found {
  readonly isWell: (nearer: boolean) => boolean;
  readonly text: string;
}

/**
 * The suspenders of a run: which conditions are not met now. What looks at the instruments find comes in by `takeFact`,
 * the rest is polled.
 */
export class Suspenders {
  readonly #list: readonly Suspender[];
  readonly #surroundings: Surroundings | undefined;
  readonly #tripped = new Map<Suspender, string>();
  /** A person went on against these; they count again once they were met. */
  readonly #excused = new Set<Suspender>();
  #firstReference: Signal | undefined;
  #lastReference: Signal | undefined;
  #isAtReference = false;

  constructor(list: readonly Suspender[], surroundings: Surroundings | undefined) {
    this.#list = list;
    this.#surroundings = surroundings;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** Conditions that are not met and that nobody has excused, each with a sentence. */
  get tripped(): ReadonlyMap<Suspender, string> {
    return new Map([...this.#tripped].filter(([suspender]) => !this.#excused.has(suspender)));
  }

  /** A new run: its reference point is measured anew. */
  beginRun(): void {
    this.#firstReference = undefined;
    this.#lastReference = undefined;
    this.#isAtReference = false;
  }

  /** The light is another by what the plan does: distance, frequency. The next visit of the reference point is the first. */
  forgetReference(): void {
    this.#firstReference = undefined;
    this.#isAtReference = false;
  }

  /** The stage leaves the place of the last reading. */
  noteMove(): void {
    this.#isAtReference = false;
  }

  /** A visit of the reference point was recorded. */
  noteReference(data: Readonly<Record<string, number>>, detector: Detector | undefined): void {
    const value = detector && signalOf(detector, data);
    if (value === undefined) return;
    this.#firstReference ??= value;
    this.#lastReference = value;
    this.#isAtReference = true;
    for (const suspender of this.#list)
      if (suspender.when === 'reference-drift') this.#judgeDrift(suspender, value);
  }

  /** Whether what is wrong with a fact of this aspect suspends the run instead of ending it. */
  claims(aspect: FactAspect | undefined): boolean {
    return aspect !== undefined && this.#list.some(({when}) => when === aspect);
  }

  /** A fact of an instrument as it was found, and what it must be; undefined for nothing that is known. */
  takeFact(role: string, {aspect, label, value, unit}: Fact, wanted: Fact['value'] | undefined): void {
    for (const suspender of this.#list) {
      if (suspender.when !== aspect || wanted === undefined) continue;
      if (suspender.when === 'source-level') {
        if (typeof value !== 'number' || typeof wanted !== 'number') continue;
        const offDb = Math.abs(value - wanted);
        this.#judge(suspender, {
          text: `${label} of the ${role} is ${roundedText(value, 2)} ${unit} instead of ${roundedText(wanted, 2)} ${unit}`,
          isWell: (nearer) => offDb <= suspender.toleranceDb - (nearer ? suspender.hysteresisDb : 0),
        });
      } else if (typeof value === 'string')
        // What has no number is well or it is not.
        this.#judge(suspender, {text: `${label} of the ${role} is ${value}`, isWell: () => value === wanted});
    }
  }

  /** Asks what no look at an instrument tells. */
  async poll(call: PollCall): Promise<void> {
    await Promise.all(this.#list.map((suspender) => this.#pollOne(suspender, call)));
  }

  async #pollOne(suspender: Suspender, {callOf, devices, nowMs}: PollCall): Promise<void> {
    const surroundings = this.#surroundings;
    switch (suspender.when) {
      case 'input': {
        if (!surroundings) return;
        const {role, parameter, minimum = -Infinity, maximum = Infinity, hysteresis} = suspender;
        const value = await surroundings.readInput(role, parameter, callOf(role));
        return this.#judge(suspender, {
          text: `${parameter} of the ${role} is ${roundedText(value, 6)}, outside ${minimum} to ${maximum}`,
          isWell: (nearer) => {
            const marginOf = nearer ? hysteresis : 0;
            return value >= minimum + marginOf && value <= maximum - marginOf;
          },
        });
      }
      case 'disk-space': {
        if (!surroundings) return;
        const bytes = await surroundings.freeBytes();
        return this.#judge(suspender, {
          text: `only ${fixedText(bytes / 1e6, 0)} MB are left for data`,
          isWell: (nearer) => bytes >= suspender.leastBytes + (nearer ? suspender.hysteresisBytes : 0),
        });
      }
      case 'operator-absent': {
        if (!surroundings) return;
        const absentS = surroundings.absentS();
        return this.#judge(suspender, {
          text: `nobody has been connected for ${fixedText(absentS, 0)} s`,
          isWell: () => absentS <= suspender.absentS,
        });
      }
      case 'reference-drift': {
        const detector = [...devices.values()].find((device) => device.kind === 'detector');
        // Away from the reference point nothing tells; the next visit does.
        if (!this.#tripped.has(suspender) || !this.#isAtReference || !detector) return;
        const reading = valuesFromReading(await detector.read(callOf(detector.role)), nowMs);
        const value = signalOf(detector, reading);
        return value === undefined ? undefined : this.#judgeDrift(suspender, value);
      }
      case 'source-level':
      case 'source-status':
      case 'reference-lock':
        return;
    }
  }

  #judgeDrift(suspender: Extract<Suspender, {when: 'reference-drift'}>, now: Signal): void {
    const first = this.#firstReference;
    if (first === undefined || first.strength === 0) return;
    const driftRatio = now.strength / first.strength - 1;
    const turnDeg = turnBetween(first.phaseDeg ?? 0, now.phaseDeg ?? 0);
    const {ratio, hysteresisRatio, phaseDeg = Infinity, hysteresisDeg} = suspender;
    const phaseText = phaseDeg === Infinity ? '' : `, its phase ${fixedText(turnDeg, 1)} deg`;
    this.#judge(suspender, {
      text: `the signal at the reference point is ${fixedText(100 * driftRatio, 1)} %${phaseText} off its first value`,
      isWell: (nearer) =>
        Math.abs(driftRatio) <= ratio - (nearer ? hysteresisRatio : 0) &&
        Math.abs(turnDeg) <= phaseDeg - (nearer ? hysteresisDeg : 0),
    });
  }

  #judge(suspender: Suspender, {isWell, text}: Found): void {
    if (isWell(this.#tripped.has(suspender))) {
      this.#tripped.delete(suspender);
      this.#excused.delete(suspender);
    } else this.#tripped.set(suspender, text);
  }

  /** A person goes on although a condition is not met: the reference point counts as it is now. */
  excuse(): void {
    for (const suspender of this.#tripped.keys()) {
      this.#excused.add(suspender);
      if (suspender.when === 'reference-drift') this.#firstReference = this.#lastReference;
    }
  }
}

/** A signal at the reference point; a real one has no phase. */
interface Signal {
  readonly strength: number;
  readonly phaseDeg?: number | undefined;
}

/** The signal in a reading as it is recorded. */
function signalOf(detector: Detector, data: Readonly<Record<string, number>>): Signal | undefined {
  const {column, complex} = storedColumnsOf(detector.declaration).signal;
  const strength = data[complex?.magnitude ?? column];
  return strength === undefined ? undefined : {strength, phaseDeg: complex && data[complex.phase]};
}

/** The shorter way round, from -180 to 180 degrees. */
const turnBetween = (fromDeg: number, toDeg: number): number =>
  ((((toDeg - fromDeg + 180) % 360) + 360) % 360) - 180;
