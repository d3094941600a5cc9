import type {ParserState} from './grbl-gcode-check.ts';
import type {Overrides} from './grbl-planner.ts';
import {homeIndex, type AxisValues, type GrblMemory} from './grbl-settings.ts';

/** Texts that the firmware sends (grbl.md sections 2, 4, 5). */
export const banner = "\r\nGrbl 1.1h ['$' for help]\r\n";
export const helpLine = '[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H ~ ! ? ctrl-x]';

const mmPerInch = 25.4;

/** Lengths and rates as printed: mm with three digits, or inches with four ($13). */
export class UnitText {
  private readonly memory: GrblMemory;
  constructor(memory: GrblMemory) {
    this.memory = memory;
  }
  private get isInch(): boolean {
    return this.memory.isOn(13);
  }
  length(mm: number): string {
    const text = this.isInch ? (mm / mmPerInch).toFixed(4) : mm.toFixed(3);
    // The firmware's own rounding never leaves a minus on zero.
    return /^-0\.0+$/.test(text) ? text.slice(1) : text;
  }
  position(mm: Readonly<AxisValues>): string {
    return mm.map((value) => this.length(value)).join(',');
  }
  rate(mmPerMin: number): string {
    return this.isInch ? (mmPerMin / mmPerInch).toFixed(1) : mmPerMin.toFixed(0);
  }
}

export function parameterLines(
  memory: GrblMemory,
  state: ParserState,
  probeMm: AxisValues,
  hasProbed: boolean,
): string[] {
  const text = new UnitText(memory);
  const systems = memory.coordinates.slice(0, 6).map((mm, i) => `[G${54 + i}:${text.position(mm)}]`);
  return [
    ...systems,
    `[G28:${text.position(memory.coordinates[homeIndex.g28])}]`,
    `[G30:${text.position(memory.coordinates[homeIndex.g30])}]`,
    `[G92:${text.position(state.g92Mm)}]`,
    `[TLO:${text.length(state.toolOffsetMm)}]`,
    probeLine(text, probeMm, hasProbed),
  ];
}

export const probeLine = (text: UnitText, probeMm: AxisValues, hasProbed: boolean): string =>
  `[PRB:${text.position(probeMm)}:${hasProbed ? 1 : 0}]`;

export function modalLine(memory: GrblMemory, state: ParserState): string {
  const {modal} = state;
  const parts = [
    `G${modal.motion}`,
    `G${54 + modal.coordinateSystem}`,
    `G${modal.plane}`,
    `G${modal.units}`,
    `G${modal.distance}`,
    `G${modal.feedMode}`,
    `M${modal.spindle}`,
    modal.isFloodOn ? 'M8' : 'M9',
    `T${state.tool}`,
    `F${new UnitText(memory).rate(state.feed)}`,
    `S${state.spindleSpeed.toFixed(0)}`,
  ];
  return `[GC:${parts.join(' ')}]`;
}

export interface StatusInputs {
  readonly state: string;
  readonly isBusy: boolean;
  readonly positionMm: AxisValues;
  readonly workOffsetMm: AxisValues;
  readonly freeBlocks: number;
  readonly freeBytes: number;
  readonly feedMmPerMin: number;
  readonly spindleRpm: number;
  readonly pins: string;
  readonly overrides: Overrides;
  readonly accessories: string;
}

/** Reports between two mentions of a field at rest and in motion (section 4). */
const offsetEvery = {idle: 10, busy: 30} as const;
const overrideEvery = {idle: 10, busy: 20} as const;

/** The `<...>` report with its rarer fields: WCO in the first report and after a change, Ov after it, never both. */
export class StatusReporter {
  private readonly memory: GrblMemory;
  private untilOffset = 0;
  private untilOverride = 0;

  constructor(memory: GrblMemory) {
    this.memory = memory;
  }
  reset(): void {
    this.untilOffset = 0;
    this.untilOverride = 0;
  }
  offsetsChanged(): void {
    this.untilOffset = 0;
  }
  overridesChanged(): void {
    this.untilOverride = 0;
  }

  report(inputs: StatusInputs): string {
    const text = new UnitText(this.memory);
    const mask = this.memory.get(10);
    const isMachine = (mask & 1) !== 0;
    const {positionMm, workOffsetMm} = inputs;
    const shown = isMachine ? positionMm : (positionMm.map((mm, i) => mm - workOffsetMm[i]) as AxisValues);
    let line = `<${inputs.state}|${isMachine ? 'MPos' : 'WPos'}:${text.position(shown)}`;
    if ((mask & 2) !== 0) line += `|Bf:${inputs.freeBlocks},${inputs.freeBytes}`;
    line += `|FS:${text.rate(inputs.feedMmPerMin)},${inputs.spindleRpm.toFixed(0)}`;
    if (inputs.pins !== '') line += `|Pn:${inputs.pins}`;
    if (this.untilOffset > 0) this.untilOffset--;
    else {
      this.untilOffset = offsetEvery[inputs.isBusy ? 'busy' : 'idle'] - 1;
      if (this.untilOverride === 0) this.untilOverride = 1;
      line += `|WCO:${text.position(workOffsetMm)}`;
    }
    if (this.untilOverride > 0) this.untilOverride--;
    else {
      this.untilOverride = overrideEvery[inputs.isBusy ? 'busy' : 'idle'] - 1;
      const {feed, rapid, spindle} = inputs.overrides;
      line += `|Ov:${feed},${rapid},${spindle}`;
      if (inputs.accessories !== '') line += `|A:${inputs.accessories}`;
    }
    return `${line}>`;
  }
}
