import type {Random} from '../base/random.ts';
import type {SettingValue} from '../contract/devices.ts';
import type {VirtualInstrument} from './byte-line.ts';
import type {DetectorCables} from './detector-input.ts';
import type {VirtualTime} from './time.ts';

export interface DetectorParts {
  readonly time: VirtualTime;
  readonly input: DetectorCables;
  /** Of the bench's seed; each instrument forks its own. */
  readonly random: Random;
}

/** An instrument that reads the bench's power detector, as the virtual bench lists it. */
export interface VirtualDetector {
  /** Name of the driver that fits it. */
  readonly driver: string;
  /** What the operator of the virtual bench writes into its bench file. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  create(parts: DetectorParts): VirtualInstrument;
}
