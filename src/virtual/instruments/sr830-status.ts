/**
 * Status bytes of the SR830 (sr830.md section 3): events latch until they are read or cleared; enables decide what
 * shows in the serial poll byte.
 */
export const standardEvent = {
  inputOverflow: 0,
  queryOverflow: 2,
  execution: 4,
  command: 5,
  userRequest: 6,
  powerOn: 7,
} as const;
export const lockInEvent = {
  input: 0,
  filter: 1,
  output: 2,
  unlock: 3,
  range: 4,
  timeConstant: 5,
  trigger: 6,
} as const;
const pollBit = {scan: 0, idle: 1, error: 2, lockIn: 3, message: 4, event: 5, request: 6} as const;

/** A latching byte with its enable mask. */
export class LatchingByte {
  value = 0;
  enable = 0;

  set(bit: number): void {
    this.value |= 1 << bit;
  }
  /** The byte, which is cleared by this. */
  take(): number {
    const value = this.value;
    this.value = 0;
    return value;
  }
  /** One bit as 0 or 1; only this bit is cleared. */
  takeBit(bit: number): number {
    const isSet = (this.value >> bit) & 1;
    this.value &= ~(1 << bit);
    return isSet;
  }
  get isRequesting(): boolean {
    return (this.value & this.enable) !== 0;
  }
}

export interface PollInputs {
  readonly isScanning: boolean;
  readonly isBusy: boolean;
  readonly hasOutput: boolean;
}

export class Sr830Status {
  readonly event = new LatchingByte();
  readonly lockIn = new LatchingByte();
  readonly error = new LatchingByte();
  serviceEnable = 0;
  /** `*PSC`: 1 clears the enables at power-on. */
  powerOnClear = 1;

  constructor() {
    this.event.set(standardEvent.powerOn);
  }

  /** The serial poll byte. Reading it clears nothing. */
  pollByte({isScanning, isBusy, hasOutput}: PollInputs): number {
    let byte = 0;
    if (!isScanning) byte |= 1 << pollBit.scan;
    if (!isBusy) byte |= 1 << pollBit.idle;
    if (this.error.isRequesting) byte |= 1 << pollBit.error;
    if (this.lockIn.isRequesting) byte |= 1 << pollBit.lockIn;
    if (hasOutput) byte |= 1 << pollBit.message;
    if (this.event.isRequesting) byte |= 1 << pollBit.event;
    if ((byte & this.serviceEnable & ~(1 << pollBit.request)) !== 0) byte |= 1 << pollBit.request;
    return byte;
  }

  /** `*CLS`: all events, not the enables. */
  clear(): void {
    this.event.value = 0;
    this.lockIn.value = 0;
    this.error.value = 0;
  }
}
