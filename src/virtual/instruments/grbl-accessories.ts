import type {Overrides} from './grbl-planner.ts';
import type {GrblMemory} from './grbl-settings.ts';

const noOverride = 100;

/** What the controller switches and scales beside the axes: spindle, flood and the overrides of feed, rapids, spindle. */
export class GrblAccessories {
  readonly overrides: Overrides = {feed: noOverride, rapid: noOverride, spindle: noOverride};
  isFloodOn = false;
  private readonly memory: GrblMemory;
  private readonly onChange: () => void;
  private spindle: {mode: 3 | 4 | 5; rpm: number} = {mode: 5, rpm: 0};

  /** `onChange` follows every change that the next status report has to show. */
  constructor(memory: GrblMemory, onChange: () => void) {
    this.memory = memory;
    this.onChange = onChange;
  }

  /** Reset: all off, overrides at 100 %. */
  reset(): void {
    this.resetOverrides();
    this.spindle = {mode: 5, rpm: 0};
    this.isFloodOn = false;
  }
  setSpindle(mode: 3 | 4 | 5, rpm: number): void {
    const [highest, lowest] = [this.memory.get(30), this.memory.get(31)];
    this.spindle = {mode, rpm: mode === 5 || rpm === 0 ? 0 : Math.max(lowest, Math.min(highest, rpm))};
    this.onChange();
  }
  setFlood(isOn: boolean): void {
    this.isFloodOn = isOn;
    this.onChange();
  }
  resetOverrides(): void {
    this.overrides.feed = noOverride;
    this.overrides.rapid = noOverride;
    this.overrides.spindle = noOverride;
    this.onChange();
  }

  get spindleRpm(): number {
    return (this.spindle.rpm * this.overrides.spindle) / 100;
  }
  /** Letters of the field `A:` of a status report. */
  get letters(): string {
    const {mode} = this.spindle;
    return `${mode === 3 ? 'S' : mode === 4 ? 'C' : ''}${this.isFloodOn ? 'F' : ''}`;
  }
}
