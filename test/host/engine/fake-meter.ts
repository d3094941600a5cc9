import type {DetectorDeclaration, DetectorReading} from '../../../src/contract/detector.ts';
import type {Condition, Detector, SettingsSnapshot} from '../../../src/contract/devices.ts';
import type {DetectorRole} from '../../../src/host/plans/measure.ts';
import {storedColumnsOf} from '../../../src/contract/detector.ts';
import {FakeLine, identityOf} from './fake-bench.ts';

export const meterDeclaration = {
  columns: [
    {name: 'currentA', unit: 'A', label: 'Current', precision: 9},
    {name: 'temperatureK', unit: 'K', label: 'Temperature', precision: 2},
  ],
  signal: {column: 'currentA', proportionalTo: 'power'},
  canOverload: false,
  shownSettings: [],
} as const satisfies DetectorDeclaration;

/** What a plan knows of it. */
export const meterRole: DetectorRole = {
  role: 'meter',
  ...storedColumnsOf(meterDeclaration),
  canSetPhase: false,
  canChooseRange: false,
};

/** A detector of one real signal and a number beside it, without phase, ranges and reference. */
export class FakeMeter extends FakeLine implements Detector {
  readonly kind = 'detector';
  readonly role = 'meter';
  readonly model = 'fake-meter';
  readonly declaration = meterDeclaration;
  readonly identity = identityOf('fake-meter');
  signalA: () => number = () => 1e-6;
  readonly log: string[];

  constructor(log: string[]) {
    super();
    this.log = log;
  }

  async read({signal}: {signal?: AbortSignal} = {}): Promise<DetectorReading> {
    signal?.throwIfAborted();
    return {currentA: this.signalA(), temperatureK: 293.15};
  }

  settleMs(): number {
    return 100;
  }

  async readCondition(): Promise<Condition> {
    this.assertLine();
    return {facts: []};
  }

  async readSettings(): Promise<SettingsSnapshot> {
    return {integrationPlc: 1};
  }

  async applySettings(settings: SettingsSnapshot): Promise<void> {
    this.log.push(`set ${JSON.stringify(settings)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}
