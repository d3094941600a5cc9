import {GrblError, lowByte} from './grbl-settings.ts';

/** Digits beyond these count for the magnitude of a number only. */
const digitCount = 8;

/** Reads a number as the firmware does: sign, digits, one point, no exponent. Undefined where there is none. */
export function readNumber(text: string, start: number): {value: number; end: number} | undefined {
  const match = /^([+-]?)(\d*)(\.?)(\d*)/.exec(text.slice(start));
  const [whole = '', sign = '', before = '', , after = ''] = match ?? [];
  if (before === '' && after === '') return undefined;
  const kept = before.slice(0, digitCount) + '0'.repeat(Math.max(0, before.length - digitCount));
  const fraction = after.slice(0, Math.max(0, digitCount - before.length));
  const value = Number(`${kept}.${fraction}0`);
  return {value: sign === '-' ? -value : value, end: start + whole.length};
}

/** Hundredths of what a command is beyond its eight bits, as a 16-bit count: not zero for `G0.5`, and for `G256`. */
const hundredthsBeyond = (value: number): number => Math.round(100 * (value - lowByte(value))) & 0xffff;

export type MotionMode = 0 | 1 | 2 | 3 | 38.2 | 38.3 | 38.4 | 38.5 | 80;
export type NonModal = 'none' | 4 | 10 | 28 | 28.1 | 30 | 30.1 | 53 | 92 | 92.1;
export type AxisCommand = 'none' | 'non-modal' | 'motion' | 'tool-length';
export type ValueWord = 'F' | 'I' | 'J' | 'K' | 'L' | 'N' | 'P' | 'R' | 'S' | 'T' | 'X' | 'Y' | 'Z';
const valueWords = new Set<string>('FIJKLNPRSTXYZ');
const neverNegative = new Set<string>('FNPTS');
const highestToolNumber = 255;

export interface Modal {
  motion: MotionMode;
  feedMode: 93 | 94;
  units: 20 | 21;
  distance: 90 | 91;
  plane: 17 | 18 | 19;
  toolLength: 'cancel' | 'dynamic';
  coordinateSystem: number;
  programFlow: 'running' | 0 | 2 | 30;
  spindle: 3 | 4 | 5;
  /** M8 on, M9 off. */
  isFloodOn: boolean;
}
export const initialModal = (): Modal => ({
  motion: 0,
  feedMode: 94,
  units: 21,
  distance: 90,
  plane: 17,
  toolLength: 'cancel',
  coordinateSystem: 0,
  programFlow: 'running',
  spindle: 5,
  isFloodOn: false,
});

/** A line taken apart: modal state as it would become, value words, what the axis words are for. */
export interface ParsedBlock {
  readonly modal: Modal;
  nonModal: NonModal;
  axisCommand: AxisCommand;
  readonly words: Map<ValueWord, number>;
  readonly groups: Set<string>;
}

/**
 * First pass over a line (letters upper-case, no blanks): commands into modal groups, values into words. Throws the
 * firmware's error codes (grbl.md section 6) in its order.
 */
export function parseWords(line: string, start: number, modal: Modal): ParsedBlock {
  const block: ParsedBlock = {
    modal: {...modal, programFlow: 'running'},
    nonModal: 'none',
    axisCommand: 'none',
    words: new Map(),
    groups: new Set(),
  };
  for (let position = start; position < line.length;) {
    const letter = line[position];
    if (letter < 'A' || letter > 'Z') throw new GrblError(1);
    const number = readNumber(line, position + 1);
    if (!number) throw new GrblError(2);
    position = number.end;
    const integer = lowByte(number.value);
    const hundredths = hundredthsBeyond(number.value);
    if (letter === 'G') parseG(block, integer, hundredths);
    else if (letter === 'M') parseM(block, integer, hundredths);
    else parseValue(block, letter, number.value);
  }
  return block;
}

function joinGroup(block: ParsedBlock, group: string): void {
  if (block.groups.has(group)) throw new GrblError(21);
  block.groups.add(group);
}
function claimAxes(block: ParsedBlock, command: AxisCommand): void {
  if (block.axisCommand !== 'none') throw new GrblError(24);
  block.axisCommand = command;
}

/** What a G command has joined, and the hundredths of its number that meant nothing to it. */
interface JoinedGroup {
  readonly group: string;
  readonly rest: number;
}
/** Takes a command into the block by its number: whole part and hundredths. */
type GCommand = (block: ParsedBlock, integer: number, hundredths: number) => JoinedGroup;

/** G4, G10, G28, G30, G53, G92: what is done once. G28.1, G30.1, G92.1 use no axis words. */
const doOnce: GCommand = (block, integer, hundredths) => {
  if (integer !== 4 && integer !== 53 && hundredths === 0) claimAxes(block, 'non-modal');
  const hasTenth = integer === 28 || integer === 30 || integer === 92;
  if (hasTenth && hundredths !== 0 && hundredths !== 10) throw new GrblError(20);
  const rest = hasTenth ? 0 : hundredths;
  block.nonModal = (rest === 0 && hundredths === 10 ? integer + 0.1 : integer) as NonModal;
  return {group: 'G0', rest};
};

const setMotion: GCommand = (block, integer, hundredths) => {
  claimAxes(block, 'motion');
  if (integer !== 38) {
    block.modal.motion = integer as MotionMode;
    return {group: 'G1', rest: hundredths};
  }
  if (![20, 30, 40, 50].includes(hundredths)) throw new GrblError(20);
  block.modal.motion = ((3800 + hundredths) / 100) as MotionMode;
  return {group: 'G1', rest: 0};
};

const cancelMotion: GCommand = ({modal}, _integer, rest) => {
  modal.motion = 80;
  return {group: 'G1', rest};
};

const setPlane: GCommand = ({modal}, integer, rest) => {
  modal.plane = integer as Modal['plane'];
  return {group: 'G2', rest};
};

const setDistance: GCommand = ({modal}, integer, hundredths) => {
  if (hundredths === 0) {
    modal.distance = integer as Modal['distance'];
    return {group: 'G3', rest: 0};
  }
  // G91.1: arc centres incremental, the only mode there is.
  if (integer === 90 || hundredths !== 10) throw new GrblError(20);
  return {group: 'G4', rest: 0};
};

const setFeedMode: GCommand = ({modal}, integer, rest) => {
  modal.feedMode = integer as Modal['feedMode'];
  return {group: 'G5', rest};
};

const setUnits: GCommand = ({modal}, integer, rest) => {
  modal.units = integer as Modal['units'];
  return {group: 'G6', rest};
};

const cutterCompensationOff: GCommand = (_block, _integer, rest) => ({group: 'G7', rest});

const setToolLength: GCommand = (block, integer, hundredths) => {
  claimAxes(block, 'tool-length');
  if (integer === 43 && hundredths !== 10) throw new GrblError(20);
  block.modal.toolLength = integer === 49 ? 'cancel' : 'dynamic';
  return {group: 'G8', rest: 0};
};

const setCoordinateSystem: GCommand = ({modal}, integer, rest) => {
  modal.coordinateSystem = integer - 54;
  return {group: 'G12', rest};
};

const exactPath: GCommand = (_block, _integer, hundredths) => {
  if (hundredths !== 0) throw new GrblError(20);
  return {group: 'G13', rest: 0};
};

const gCommands = new Map<number, GCommand>(
  (
    [
      [[4, 10, 28, 30, 53, 92], doOnce],
      [[0, 1, 2, 3, 38], setMotion],
      [[80], cancelMotion],
      [[17, 18, 19], setPlane],
      [[90, 91], setDistance],
      [[93, 94], setFeedMode],
      [[20, 21], setUnits],
      [[40], cutterCompensationOff],
      [[43, 49], setToolLength],
      [[54, 55, 56, 57, 58, 59], setCoordinateSystem],
      [[61], exactPath],
    ] as const
  ).flatMap(([integers, command]) => integers.map((integer) => [integer, command] as const)),
);

function parseG(block: ParsedBlock, integer: number, hundredths: number): void {
  const command = gCommands.get(integer);
  if (command === undefined) throw new GrblError(20);
  const {group, rest} = command(block, integer, hundredths);
  if (rest > 0) throw new GrblError(23);
  joinGroup(block, group);
}

function parseM(block: ParsedBlock, integer: number, hundredths: number): void {
  if (hundredths > 0) throw new GrblError(23);
  const {modal} = block;
  switch (integer) {
    case 0:
    case 1:
    case 2:
    case 30:
      // M1, the optional stop, does nothing.
      if (integer !== 1) modal.programFlow = integer;
      return joinGroup(block, 'M4');
    case 3:
    case 4:
    case 5:
      modal.spindle = integer;
      return joinGroup(block, 'M7');
    case 8:
    case 9:
      modal.isFloodOn = integer === 8;
      return joinGroup(block, 'M8');
    default:
      throw new GrblError(20);
  }
}

function parseValue(block: ParsedBlock, letter: string, value: number): void {
  if (!valueWords.has(letter)) throw new GrblError(20);
  if (letter === 'T' && value > highestToolNumber) throw new GrblError(38);
  const word = letter as ValueWord;
  if (block.words.has(word)) throw new GrblError(25);
  if (neverNegative.has(letter) && value < 0) throw new GrblError(4);
  block.words.set(
    word,
    letter === 'N' ? Math.trunc(value) : letter === 'L' || letter === 'T' ? lowByte(value) : value,
  );
}
