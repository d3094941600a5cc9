import {setTimeout as sleep} from 'node:timers/promises';
import type {Clock} from '../../../src/base/clock.ts';
import type {
  BenchDevice,
  Condition,
  DeviceIdentity,
  Detector,
  PositionMm,
  SettingsSnapshot,
  Source,
  SourceState,
  Stage,
} from '../../../src/contract/devices.ts';
import {sr830Declaration} from '../../../drivers/lockin/sr830-declaration.ts';
import type {DetectorReading} from '../../../src/contract/detector.ts';
import {BenchError} from '../../../src/contract/errors.ts';

/** Instruments at the contract's edge that only remember what they were asked, and a clock that waits for nobody. */
export interface FakeBench {
  readonly devices: Map<string, BenchDevice>;
  readonly stage: FakeStage;
  readonly lockIn: FakeLockIn;
  readonly source: FakeSource;
  readonly clock: FakeClock;
  /** Orders in the order in which they came, such as `move 1,2` or `turn-off`. */
  readonly log: string[];
}

export const identityOf = (model: string): DeviceIdentity => ({
  maker: 'fake',
  model,
  serialNumber: '1',
  firmware: '1',
  text: `fake,${model},1,1`,
});

/** A line that a test may cut. */
export class FakeLine {
  isLineOpen = true;
  readonly #listeners = new Set<(reason: Error) => void>();

  onLineEnd(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  cutLine(): void {
    this.isLineOpen = false;
    for (const listener of this.#listeners) listener(new Error('the cable was pulled'));
  }

  /** Throws like an instrument whose line has ended. */
  assertLine(): void {
    if (!this.isLineOpen) throw new BenchError('port/closed', 'The port is closed.');
  }
}

/** Bench time that jumps: a wait of any length takes one turn of the event loop, or less. */
export class FakeClock implements Clock {
  readonly speed = 1;
  /** Waits stay pending until they are skipped or interrupted. */
  isFrozen = false;
  waited: number[] = [];
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  async sleepMs(ms: number, {signal}: {readonly signal?: AbortSignal | undefined} = {}): Promise<void> {
    signal?.throwIfAborted();
    this.waited.push(ms);
    if (this.isFrozen)
      return sleep(60_000, undefined, {signal, ref: false}).catch(() => signal?.throwIfAborted());
    this.#nowMs += ms;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

export class FakeStage extends FakeLine implements Stage {
  readonly kind = 'stage';
  readonly role = 'stage';
  readonly model = 'fake-stage';
  readonly identity = identityOf('fake-stage');
  readonly axes = ['x', 'y'] as const;
  readonly limitsMm = {x: [-100, 100], y: [-100, 100]} as const;
  positionMm = {x: 0, y: 0};
  stopCount = 0;
  /** Called before each move; may throw, wait or interrupt. */
  beforeMove: (targetMm: PositionMm, signal?: AbortSignal) => Promise<void> | void = () => undefined;
  onStop: () => Promise<void> | void = () => undefined;
  readonly #log: string[];

  constructor(log: string[]) {
    super();
    this.#log = log;
  }

  /** What the stage says when it does not know where it is. */
  distrust: BenchError | undefined;
  assertPositionTrusted(): void {
    if (this.distrust !== undefined) throw this.distrust;
  }

  checkMove(targetMm: PositionMm): void {
    for (const axis of this.axes) {
      const target = targetMm[axis];
      if (target !== undefined && Math.abs(target) > 100)
        throw new BenchError('motion/limit', `${axis} to ${target} mm refused: limit 100 mm.`);
    }
  }

  estimateMoveMs(fromMm: PositionMm, toMm: PositionMm): number {
    return Math.hypot((toMm.x ?? 0) - (fromMm.x ?? 0), (toMm.y ?? 0) - (fromMm.y ?? 0)) * 100;
  }

  async home(): Promise<void> {
    this.#log.push('home');
  }

  async moveTo(targetMm: PositionMm, {signal}: {signal?: AbortSignal} = {}): Promise<PositionMm> {
    signal?.throwIfAborted();
    await this.beforeMove(targetMm, signal);
    this.#log.push(`move ${targetMm.x},${targetMm.y}`);
    this.positionMm = {x: targetMm.x ?? this.positionMm.x, y: targetMm.y ?? this.positionMm.y};
    return {...this.positionMm};
  }

  async readPosition(): Promise<PositionMm> {
    return {...this.positionMm};
  }

  /** What a look finds; a test may change it. */
  controllerState = 'idle';
  lookCount = 0;

  async readCondition(): Promise<Condition & {positionMm: PositionMm; controllerState: string}> {
    this.assertLine();
    this.lookCount++;
    const {positionMm, controllerState} = this;
    return {
      positionMm,
      controllerState,
      facts: [{name: 'state', label: 'state', unit: '', value: controllerState}],
    };
  }

  async stop(): Promise<void> {
    this.stopCount++;
    this.#log.push('stop');
    await this.onStop();
  }

  async readSettings(): Promise<SettingsSnapshot> {
    return {feedMmPerMin: 600};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}

export class FakeLockIn extends FakeLine implements Detector {
  readonly kind = 'detector';
  readonly role = 'lockin';
  readonly model = 'fake-lockin';
  readonly declaration = sr830Declaration;
  readonly identity = identityOf('fake-lockin');
  settleTimeMs = 30;
  readCount = 0;
  /** What the detector says; may throw. */
  signalV: () => number = () => 1e-3;
  readonly #log: string[];

  constructor(log: string[]) {
    super();
    this.#log = log;
  }

  async read({signal}: {signal?: AbortSignal} = {}): Promise<DetectorReading> {
    signal?.throwIfAborted();
    this.readCount++;
    const xV = this.signalV();
    return {xV, yV: 0, rV: Math.abs(xV), thetaDeg: 0};
  }

  settleMs(residualRatio: number): number {
    return this.settleTimeMs * -Math.log(residualRatio);
  }

  harmonic = 1;
  reference = 'locked';

  async readCondition(): Promise<Condition> {
    this.assertLine();
    return {
      facts: [
        {
          name: 'reference',
          label: 'reference',
          unit: '',
          value: this.reference,
          expected: 'locked',
          aspect: 'reference-lock',
        },
        {name: 'harmonic', label: 'detection harmonic', unit: '', value: this.harmonic},
      ],
    };
  }

  async applySettings(settings: SettingsSnapshot): Promise<void> {
    this.#log.push(`set ${JSON.stringify(settings)}`);
  }

  async autoPhase(): Promise<void> {
    this.#log.push('auto-phase');
  }

  async autoRange(): Promise<number> {
    this.#log.push('auto-range');
    return 1e-3;
  }

  async readSettings(): Promise<SettingsSnapshot> {
    return {timeConstantS: 0.03, slopeDbPerOctave: 12, sensitivityV: 1e-3};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}

export class FakeSource extends FakeLine implements Source {
  readonly kind = 'source';
  readonly role = 'source';
  readonly model = 'fake-source';
  readonly identity = identityOf('fake-source');
  readonly maxPowerDbm = 10;
  isOn = false;
  /** May throw or hang. */
  beforeTurnOff: () => Promise<void> | void = () => undefined;
  /** Passes between RF that comes on and the end of the order; may take its time. */
  whileTurningOn: () => Promise<void> | void = () => undefined;
  readonly #log: string[];

  constructor(log: string[]) {
    super();
    this.#log = log;
  }

  /** What it was turned on at; a test may change it. */
  powerDbm = 5;
  #isOrderedOn: boolean | undefined;

  async readCondition(): Promise<Condition & {state: SourceState}> {
    this.assertLine();
    const state = await this.readState();
    const order = this.#isOrderedOn;
    return {
      state,
      facts: [
        {name: 'isOutputOn', label: 'RF output', unit: '', value: state.isOutputOn, expected: order},
        {
          name: 'powerDbm',
          label: 'level into the chain',
          unit: 'dBm',
          value: state.powerDbm,
          expected: order === true ? 5 : undefined,
          tolerance: 0.1,
          aspect: 'source-level',
        },
      ],
    };
  }

  async turnOff(): Promise<void> {
    this.#log.push('turn-off');
    this.assertLine();
    this.#isOrderedOn = false;
    await this.beforeTurnOff();
    this.isOn = false;
  }

  /** Where it was turned on last, Hz. */
  outputFrequencyHz = 4e11;

  async turnOn({
    signal,
    outputFrequencyHz = 4e11,
  }: {signal?: AbortSignal; outputFrequencyHz?: number | undefined} = {}): Promise<SourceState> {
    signal?.throwIfAborted();
    this.#log.push('turn-on');
    this.outputFrequencyHz = outputFrequencyHz;
    this.isOn = true;
    await this.whileTurningOn();
    this.#isOrderedOn = true;
    return this.readState();
  }

  async readState(): Promise<SourceState> {
    return {
      isOutputOn: this.isOn,
      outputFrequencyHz: this.outputFrequencyHz,
      powerDbm: this.powerDbm,
      isModulationOn: true,
      modulationHz: 1000,
    };
  }

  async readSettings(): Promise<SettingsSnapshot> {
    return {powerDbm: 5, isOutputOn: this.isOn};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}

export function createFakeBench(): FakeBench {
  const log: string[] = [];
  const stage = new FakeStage(log);
  const lockIn = new FakeLockIn(log);
  const source = new FakeSource(log);
  // A Gaussian beam off the axis, so that whoever looks for it finds something.
  lockIn.signalV = () => {
    const {x, y} = stage.positionMm;
    return source.isOn ? 1e-3 * Math.exp(-((x - 1) ** 2 + (y + 2) ** 2) / 40) : 1e-6;
  };
  const devices = new Map<string, BenchDevice>([
    ['stage', stage],
    ['lockin', lockIn],
    ['source', source],
  ]);
  return {devices, stage, lockIn, source, clock: new FakeClock(), log};
}
