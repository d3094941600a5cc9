import {ScpiError, errorTexts} from './scpi-parser.ts';

/** Bits of the standard event status byte (rf-synth-scpi.md section 4). */
const eventBit = {operationComplete: 0, query: 2, device: 3, execution: 4, command: 5, powerOn: 7} as const;
/** Bits of the operation and questionable registers used here (SCPI-99). */
export const operationBit = {settling: 1, sweeping: 3} as const;
export const questionableBit = {power: 3} as const;
export const powerBit = {unlevelled: 1} as const;

const errorQueueLength = 30;

/** A SCPI status register: condition, transition filters, latched event, enable. */
export class StatusRegister {
  condition = 0;
  event = 0;
  enable = 0;
  positive = 0x7fff;
  negative = 0;

  setCondition(bit: number, isSet: boolean): void {
    const before = this.condition;
    this.condition = isSet ? before | (1 << bit) : before & ~(1 << bit);
    this.event |= (this.condition & ~before & this.positive) | (before & ~this.condition & this.negative);
  }
  takeEvent(): number {
    const event = this.event;
    this.event = 0;
    return event;
  }
  get isSummarySet(): boolean {
    return (this.event & this.enable) !== 0;
  }
  preset(isEnabled: boolean): void {
    this.enable = isEnabled ? 0x7fff : 0;
    this.positive = 0x7fff;
    this.negative = 0;
  }
}

/** Error queue, event byte, status byte and registers, shared by all conversations with the instrument. */
export class ScpiStatus {
  event = 1 << eventBit.powerOn;
  eventEnable = 0;
  serviceEnable = 0;
  powerOnClear = 1;
  readonly operation = new StatusRegister();
  readonly questionable = new StatusRegister();
  readonly power = new StatusRegister();
  private errors: ScpiError[] = [];

  constructor() {
    this.power.preset(true);
  }

  raise(error: ScpiError): void {
    if (error.number <= -400) this.event |= 1 << eventBit.query;
    else if (error.number <= -300) this.event |= 1 << eventBit.device;
    else if (error.number <= -200) this.event |= 1 << eventBit.execution;
    else this.event |= 1 << eventBit.command;
    if (this.errors.length < errorQueueLength) this.errors.push(error);
    else {
      this.errors[errorQueueLength - 1] = new ScpiError(-350);
      this.event |= 1 << eventBit.device;
    }
  }
  get errorCount(): number {
    return this.errors.length;
  }
  /** Oldest entry as `SYST:ERR?` prints it; it leaves the queue. */
  takeErrorText(): string {
    const error = this.errors.shift();
    return error ? `${error.number},"${error.message}"` : `+0,"${errorTexts[0]}"`;
  }

  completeOperation(): void {
    this.event |= 1 << eventBit.operationComplete;
  }
  takeEvent(): number {
    const event = this.event;
    this.event = 0;
    return event;
  }

  statusByte(hasOutput: boolean): number {
    this.questionable.setCondition(questionableBit.power, this.power.isSummarySet);
    let byte = 0;
    if (this.errors.length > 0) byte |= 1 << 2;
    if (this.questionable.isSummarySet) byte |= 1 << 3;
    if (hasOutput) byte |= 1 << 4;
    if ((this.event & this.eventEnable) !== 0) byte |= 1 << 5;
    if (this.operation.isSummarySet) byte |= 1 << 7;
    if ((byte & this.serviceEnable & ~(1 << 6)) !== 0) byte |= 1 << 6;
    return byte;
  }

  /** `*CLS`: error queue and events, not the enables. */
  clear(): void {
    this.errors = [];
    this.event = 0;
    for (const register of [this.operation, this.questionable, this.power]) register.event = 0;
  }
  /** `STAT:PRES` (SCPI-99): enables of the summary registers off, those below them on. */
  preset(): void {
    this.operation.preset(false);
    this.questionable.preset(false);
    this.power.preset(true);
  }
}
