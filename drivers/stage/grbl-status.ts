import {numberFromText} from '../kit/index.ts';

/** A status report of GRBL 1.1 (gnea/grbl doc/markdown/interface.md, real-time status reports). */
export interface GrblStatus {
  /** Idle, Run, Hold, Jog, Alarm, Door, Check, Home, Sleep; other firmwares may add some. */
  readonly state: string;
  /** Behind the colon: Hold:0 is stopped, Hold:1 still braking; Door:0..3. */
  readonly subState?: number;
  /** As reported, in the controller's unit ($13). Only one of both is reported. */
  readonly machine?: readonly number[];
  readonly work?: readonly number[];
  readonly workOffset?: readonly number[];
  /** Digits behind the point of a position: 3 in millimetres, 4 in inches. */
  readonly decimals?: number;
  readonly plannerFree?: number;
  readonly receiveFree?: number;
  readonly lineNumber?: number;
  readonly feed?: number;
  readonly spindleSpeed?: number;
  /** Letters of the inputs that are active: P, X, Y, Z, D, R, H, S. */
  readonly pins: string;
  /** Feed, rapid and spindle override, per cent. */
  readonly overridesPercent?: readonly number[];
  /** Letters: S, C spindle direction, F flood, M mist. */
  readonly accessories?: string;
}

type Writable<T> = {-readonly [K in keyof T]: T[K]};

function numbersOf(text: string): number[] | undefined {
  const values = text.split(',').map(numberFromText);
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Digits behind the point, the same in all axes; undefined where a digit was lost on the way. */
function decimalsOf(list: string): number | undefined {
  const counts = new Set(
    list
      .split(',')
      .slice(0, 3)
      .map((text) => text.split('.')[1]?.length ?? 0),
  );
  return counts.size === 1 ? [...counts][0] : undefined;
}

/** Fields by name; each returns false when its text is damaged. Unknown fields of other firmwares are passed over. */
const fields: Readonly<Record<string, (status: Writable<GrblStatus>, values: number[]) => void>> = {
  MPos: (status, values) => (status.machine = values),
  WPos: (status, values) => (status.work = values),
  WCO: (status, values) => (status.workOffset = values),
  Ov: (status, values) => (status.overridesPercent = values),
  Bf: (status, [plannerFree, receiveFree]) =>
    Object.assign(status, {plannerFree: plannerFree ?? 0, receiveFree: receiveFree ?? 0}),
  Ln: (status, [lineNumber]) => (status.lineNumber = lineNumber ?? 0),
  F: (status, [feed]) => (status.feed = feed ?? 0),
  FS: (status, [feed, spindleSpeed]) =>
    Object.assign(status, {feed: feed ?? 0, spindleSpeed: spindleSpeed ?? 0}),
};

const leastCount: Readonly<Record<string, number>> = {MPos: 1, WPos: 1, WCO: 1, Ov: 3, Bf: 2, FS: 2};

/** Reads `<State|MPos:x,y,z|...>`. Undefined when the line is damaged: a report with half a number is no report. */
export function parseStatus(line: string): GrblStatus | undefined {
  const match = /^<([A-Za-z]+)(?::(\d+))?(?:\|(.*))?>$/.exec(line.trim());
  if (match === null) return undefined;
  const status: Writable<GrblStatus> = {state: match[1] ?? '', pins: ''};
  if (match[2] !== undefined) status.subState = Number(match[2]);
  for (const field of (match[3] ?? '').split('|')) {
    const colon = field.indexOf(':');
    const [name, text] = colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1)];
    if (name === 'Pn') status.pins = text;
    else if (name === 'A') status.accessories = text;
    else if (Object.hasOwn(fields, name)) {
      const values = numbersOf(text);
      if (values === undefined || values.length < (leastCount[name] ?? 1)) return undefined;
      if (name === 'MPos' || name === 'WPos') {
        const decimals = decimalsOf(text);
        if (decimals === undefined) return undefined;
        status.decimals = decimals;
      }
      fields[name]?.(status, values);
    }
  }
  return status.machine === undefined && status.work === undefined ? undefined : status;
}

/** True when nothing of the stage turns in this state. */
export const isAtRest = ({state, subState}: GrblStatus): boolean =>
  state === 'Hold' || state === 'Door' ? (subState ?? 0) === 0 : !['Run', 'Jog', 'Home'].includes(state);

/** Lines of the `$$` listing by key; descriptions in brackets, as older builds print them, are dropped. */
export const settingTexts = (lines: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line): [string, string][] => {
      const match = /^(\$\d+)=([^\s(]+)/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
    }),
  );
