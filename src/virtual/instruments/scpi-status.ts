import {ScpiError, errorTexts} from './scpi-parser.ts';

/** Bits of the standard event status byte (rf-synth-scpi.md section 4). */
const eventBit = {operationComplete: 0, query: 2, device: 3, execution: 4, command: 5, powerOn: 7} as const;
/** Bits of the operation and questionable registers used here (SCPI-99). */
export const operationBit = {settling: 1, sweeping: 3} as const;
export const questionableBit = {power: 3} as const;
export const powerBit = {unlevelled: 1} as const;

export interface StatusOptions {
  /** Entries that the error queue holds; the last becomes -350 when there are more. */
  readonly queueLength: number;
  /** What an empty queue answers. */
  readonly noErrorText: string;
  /** Summary bits of the status byte and the registers behind them (SCPI-99: 3 questionable, 7 operation). */
  readonly summaries: readonly (readonly [bit: number, register: StatusRegister])[];
}

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

/** Error queue, event byte, status byte and registers of an instrument, shared by all conversations with it. */
export class ScpiStatus {
  event = 1 << eventBit.powerOn;
  eventEnable = 0;
  serviceEnable = 0;
  powerOnClear = 1;
  private errors: ScpiError[] = [];
  private readonly options: StatusOptions;

  constructor(options: StatusOptions) {
    this.options = options;
  }

  raise(error: ScpiError): void {
    if (error.number <= -400) this.event |= 1 << eventBit.query;
    else if (error.number <= -300) this.event |= 1 << eventBit.device;
    else if (error.number <= -200) this.event |= 1 << eventBit.execution;
    else this.event |= 1 << eventBit.command;
    const {queueLength} = this.options;
    if (this.errors.length < queueLength) this.errors.push(error);
    else {
      this.errors[queueLength - 1] = new ScpiError(-350);
      this.event |= 1 << eventBit.device;
    }
  }
  get errorCount(): number {
    return this.errors.length;
  }
  /** Oldest entry as `SYST:ERR?` prints it; it leaves the queue. */
  takeErrorText(): string {
    const error = this.errors.shift();
    return error ? `${error.number},"${error.message}"` : this.options.noErrorText;
  }
  /** Throws the entries of the queue away. */
  clearErrors(): void {
    this.errors = [];
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
    let byte = 0;
    if (this.errors.length > 0) byte |= 1 << 2;
    for (const [bit, register] of this.options.summaries) if (register.isSummarySet) byte |= 1 << bit;
    if (hasOutput) byte |= 1 << 4;
    if ((this.event & this.eventEnable) !== 0) byte |= 1 << 5;
    if ((byte & this.serviceEnable & ~(1 << 6)) !== 0) byte |= 1 << 6;
    return byte;
  }

  /** `*CLS`: error queue and events, not the enables. */
  clear(): void {
    this.clearErrors();
    this.event = 0;
    for (const [, register] of this.options.summaries) register.event = 0;
  }
  /** `STAT:PRES` (SCPI-99): enables of the summary registers off. */
  preset(): void {
    for (const [, register] of this.options.summaries) register.preset(false);
  }
}

/** Of the synthesiser: a power register below the questionable one, whose enables a preset turns on (SCPI-99). */
export class SourceStatus extends ScpiStatus {
  readonly operation: StatusRegister;
  readonly questionable: StatusRegister;
  readonly power = new StatusRegister();

  constructor() {
    const [operation, questionable] = [new StatusRegister(), new StatusRegister()];
    super({
      queueLength: 30,
      noErrorText: `+0,"${errorTexts[0]}"`,
      summaries: [
        [3, questionable],
        [7, operation],
      ],
    });
    this.operation = operation;
    this.questionable = questionable;
    this.power.preset(true);
  }

  override statusByte(hasOutput: boolean): number {
    this.questionable.setCondition(questionableBit.power, this.power.isSummarySet);
    return super.statusByte(hasOutput);
  }
  override clear(): void {
    super.clear();
    this.power.event = 0;
  }
  override preset(): void {
    super.preset();
    this.power.preset(true);
  }
}
