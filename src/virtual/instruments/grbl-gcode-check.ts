import {centerFromRadius, planeAxes, radiusFromCenter, type Arc} from './grbl-arc.ts';
import {
  GrblError,
  axisCount,
  coordinateSystemCount,
  homeIndex,
  lowByte,
  type AxisValues,
  type GrblMemory,
} from './grbl-settings.ts';
import type {Modal, MotionMode, ParsedBlock, ValueWord} from './grbl-words.ts';

const axisLetters = ['X', 'Y', 'Z'] as const;
const offsetLetters = ['I', 'J', 'K'] as const;
const mmPerInch = 25.4;
const highestLineNumber = 10_000_000;

/** What the parser remembers between lines. Positions and offsets in mm, machine frame. */
export interface ParserState {
  modal: Modal;
  feed: number;
  spindleSpeed: number;
  tool: number;
  positionMm: AxisValues;
  g92Mm: AxisValues;
  toolOffsetMm: number;
}

/** A line that has passed every check, ready to be executed. */
export interface CheckedBlock extends ParsedBlock {
  feed: number;
  spindleSpeed: number;
  /** Target (or value) of the axis words, mm. */
  axesMm: AxisValues;
  /** Second target of G28/G30. */
  homeMm: AxisValues;
  coordinateIndex: number;
  coordinateMm: AxisValues;
  arc: Arc | undefined;
  isMoving: boolean;
}

/** What a line is checked against. */
interface Check {
  readonly state: ParserState;
  readonly memory: GrblMemory;
  /** Which of X, Y, Z the line names. */
  readonly axes: readonly boolean[];
  /** Value words that have not found their use yet. */
  readonly unused: Set<ValueWord>;
  /** mm per unit of the line. */
  readonly scale: number;
}

const isStraightProbe = (motion: MotionMode): boolean => motion > 38 && motion < 39;
const usedAxes = (block: ParsedBlock): boolean[] => axisLetters.map((letter) => block.words.has(letter));

/**
 * Second pass (NGC order of execution, checks only): throws the error codes of grbl.md section 6. Value words are
 * struck off as they find their use; what remains is error 36.
 */
export function checkBlock(
  parsed: ParsedBlock,
  state: ParserState,
  memory: GrblMemory,
  isJog: boolean,
): CheckedBlock {
  const {words, modal} = parsed;
  const axes = usedAxes(parsed);
  const hasAxes = axes.includes(true);
  const unused = new Set<ValueWord>(words.keys());
  if (hasAxes && parsed.axisCommand === 'none') parsed.axisCommand = 'motion';
  if ((words.get('N') ?? 0) > highestLineNumber) throw new GrblError(27);
  const scale = modal.units === 20 ? mmPerInch : 1;

  const check: Check = {state, memory, axes, unused, scale};
  const feed = checkFeed(parsed, state, isJog, scale);
  const spindleSpeed = words.get('S') ?? state.spindleSpeed;
  if (parsed.nonModal === 4) {
    if (!words.has('P')) throw new GrblError(28);
    unused.delete('P');
  }
  const values = axisLetters.map((letter) => (words.get(letter) ?? 0) * scale) as AxisValues;
  if (parsed.axisCommand === 'tool-length' && modal.toolLength === 'dynamic')
    if (!axes[2] || axes[0] || axes[1]) throw new GrblError(37);

  const block: CheckedBlock = {
    ...parsed,
    feed,
    spindleSpeed,
    axesMm: values,
    homeMm: [0, 0, 0],
    coordinateIndex: modal.coordinateSystem,
    coordinateMm: [...memory.coordinates[modal.coordinateSystem]],
    arc: undefined,
    isMoving: false,
  };
  checkNonModal(block, check);
  checkMotion(block, check);

  for (const letter of isJog ? (['N', 'F'] as const) : (['N', 'F', 'S', 'T'] as const)) unused.delete(letter);
  if (block.axisCommand !== 'none') for (const letter of axisLetters) unused.delete(letter);
  if (unused.size > 0) throw new GrblError(36);
  return block;
}

/** Feed in mm/min (or 1/min under G93). */
function checkFeed(
  {words, modal, axisCommand}: ParsedBlock,
  state: ParserState,
  isJog: boolean,
  scale: number,
): number {
  const word = words.get('F');
  if (isJog) {
    if (word === undefined) throw new GrblError(22);
    return word * scale;
  }
  if (modal.feedMode === 93) {
    const needsFeed = axisCommand === 'motion' && modal.motion !== 80 && modal.motion !== 0;
    if (needsFeed && word === undefined) throw new GrblError(22);
    return word ?? 0;
  }
  // Just after G93 the old number means something else, and a new one is taken as it stands.
  if (state.modal.feedMode !== 94) return word ?? 0;
  return word === undefined ? state.feed : word * scale;
}

function checkNonModal(block: CheckedBlock, {state, memory, axes, unused}: Check): void {
  const hasAxes = axes.includes(true);
  const {words} = block;
  const toolOffset = (axis: number): number => (axis === 2 ? state.toolOffsetMm : 0);
  if (block.nonModal === 10) {
    if (!hasAxes) throw new GrblError(26);
    // Only both missing are noticed: without P the active system is meant, without L the command is none.
    if (!words.has('P') && !words.has('L')) throw new GrblError(28);
    const [selected, l] = [lowByte(words.get('P') ?? 0), words.get('L')];
    if (selected > coordinateSystemCount) throw new GrblError(29);
    if (l !== 2 && l !== 20) throw new GrblError(20);
    if (l === 2 && words.has('R')) throw new GrblError(20);
    unused.delete('P');
    unused.delete('L');
    block.coordinateIndex = selected > 0 ? selected - 1 : block.modal.coordinateSystem;
    const stored = memory.coordinates[block.coordinateIndex];
    block.homeMm = stored.map((mm, i) => {
      if (!axes[i]) return mm;
      const value = block.axesMm[i];
      return l === 20 ? state.positionMm[i] - state.g92Mm[i] - value - toolOffset(i) : value;
    }) as AxisValues;
    return;
  }
  if (block.nonModal === 92) {
    if (!hasAxes) throw new GrblError(26);
    block.axesMm = block.axesMm.map((value, i) =>
      axes[i] ? state.positionMm[i] - block.coordinateMm[i] - value - toolOffset(i) : state.g92Mm[i],
    ) as AxisValues;
    return;
  }
  if (block.axisCommand !== 'tool-length' && hasAxes)
    block.axesMm = block.axesMm.map((value, i) => {
      if (!axes[i]) return state.positionMm[i];
      if (block.nonModal === 53) return value;
      if (block.modal.distance === 91) return value + state.positionMm[i];
      return value + block.coordinateMm[i] + state.g92Mm[i] + toolOffset(i);
    }) as AxisValues;
  if (block.nonModal === 28 || block.nonModal === 30) {
    const stored = memory.coordinates[block.nonModal === 28 ? homeIndex.g28 : homeIndex.g30];
    // With axis words only the named axes go home, by way of the given point.
    block.homeMm = stored.map((mm, i) => (hasAxes && !axes[i] ? state.positionMm[i] : mm)) as AxisValues;
    if (!hasAxes) block.axisCommand = 'none';
  }
  if (block.nonModal === 53 && block.modal.motion !== 0 && block.modal.motion !== 1) throw new GrblError(30);
}

function checkMotion(block: CheckedBlock, check: Check): void {
  const {state, axes} = check;
  const hasAxes = axes.includes(true);
  const {motion} = block.modal;
  if (motion === 80) {
    if (hasAxes) throw new GrblError(31);
    return;
  }
  if (block.axisCommand !== 'motion') return;
  if (motion === 0) {
    if (!hasAxes) block.axisCommand = 'none';
    block.isMoving = hasAxes;
    return;
  }
  if (block.feed === 0) throw new GrblError(22);
  if (motion === 1) {
    if (!hasAxes) block.axisCommand = 'none';
    block.isMoving = hasAxes;
    return;
  }
  if (!hasAxes) throw new GrblError(26);
  const isAtTarget = block.axesMm.every((mm, i) => mm === state.positionMm[i]);
  if (isStraightProbe(motion)) {
    if (isAtTarget) throw new GrblError(33);
  } else block.arc = checkArc(block, check, isAtTarget);
  block.isMoving = true;
}

function checkArc(block: CheckedBlock, {state, axes, unused, scale}: Check, isAtTarget: boolean): Arc {
  const plane = planeAxes[block.modal.plane];
  const [a, b] = plane;
  if (!axes[a] && !axes[b]) throw new GrblError(32);
  const isClockwise = block.modal.motion === 2;
  const [da, db] = [block.axesMm[a] - state.positionMm[a], block.axesMm[b] - state.positionMm[b]];
  const shape = {
    axes: plane,
    isClockwise,
    start: [...state.positionMm] as AxisValues,
    target: [...block.axesMm] as AxisValues,
  };
  const radiusWord = block.words.get('R');
  if (radiusWord !== undefined) {
    unused.delete('R');
    if (isAtTarget) throw new GrblError(33);
    const radius = radiusWord * scale;
    return {...shape, offset: centerFromRadius(da, db, radius, isClockwise), radiusMm: Math.abs(radius)};
  }
  if (!block.words.has(offsetLetters[a]) && !block.words.has(offsetLetters[b])) throw new GrblError(35);
  for (const letter of offsetLetters) unused.delete(letter);
  const offset = [a, b].map((axis) => (block.words.get(offsetLetters[axis]) ?? 0) * scale) as [
    number,
    number,
  ];
  return {...shape, offset, radiusMm: radiusFromCenter(da, db, offset)};
}

/** A position inside the machine's travel: 0 down to minus $130... */
export const isOutsideTravel = (targetMm: Readonly<AxisValues>, memory: GrblMemory): boolean =>
  Array.from({length: axisCount}, (_, i) => targetMm[i] > 0 || targetMm[i] < -memory.axis(130, i)).includes(
    true,
  );
