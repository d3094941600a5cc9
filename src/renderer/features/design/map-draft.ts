import type {ApiInputs} from '../../../contract/api/index.ts';

type PreviewInput = ApiInputs['design']['previewMaps'];
type MapDesignInput = NonNullable<PreviewInput['design']>;
type Answers = MapDesignInput['answers'];

export type HeightUnit = 'mm' | 'um' | 'm';
export type PhaseUnit = 'rad' | 'turns' | 'deg';

/** What was said of maps so far; null where nobody has answered yet: no answer is guessed. */
export interface MapDraft {
  /** Whole paths, a line each. */
  readonly paths: string;
  /** Names of arrays, a line each; '' for all. */
  readonly arrays: string;
  readonly quantity: 'height' | 'phase' | null;
  readonly heightUnit: HeightUnit | null;
  readonly phaseUnit: PhaseUnit | null;
  readonly sign: 'delays' | 'advances' | null;
  readonly wrap: boolean;
  readonly hasRaw: boolean;
  readonly rawLow: number;
  readonly rawHigh: number;
  readonly atLow: number;
  readonly atHigh: number;
  readonly offset: number;
  readonly complexPhase: boolean;
  readonly stack: 'refuse' | 'first-axis' | 'last-axis';
  readonly firstRow: 'top' | 'bottom' | null;
  readonly seenFrom: 'detector' | 'source' | null;
  readonly mirrored: boolean;
  readonly quarterTurns: '0' | '1' | '2' | '3';
  readonly pitchMm: number | null;
  readonly fit: 'exact' | 'pad-or-crop' | 'resample';
  /** Design that everything else is taken from. */
  readonly like: string | null;
  /** 0 leaves heights as they are. */
  readonly levelCount: number;
  readonly isPrinted: boolean;
  readonly name: string;
}

export const emptyMapDraft: MapDraft = {
  paths: '',
  arrays: '',
  quantity: null,
  heightUnit: null,
  phaseUnit: null,
  sign: null,
  wrap: false,
  hasRaw: false,
  rawLow: 0,
  rawHigh: 65_535,
  atLow: 0,
  atHigh: 1,
  offset: 0,
  complexPhase: false,
  stack: 'refuse',
  firstRow: null,
  seenFrom: null,
  mirrored: false,
  quarterTurns: '0',
  pitchMm: null,
  fit: 'exact',
  like: null,
  levelCount: 0,
  isPrinted: true,
  name: '',
};

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The files of a draft. */
export function sourcesOf({paths, arrays}: MapDraft): PreviewInput['sources'] {
  const [files, names] = [linesOf(paths), linesOf(arrays)];
  return files.map((path) => ({path, ...(names.length > 0 && files.length === 1 ? {arrays: names} : {})}));
}

/** Questions that are not answered yet, in words. */
export const openQuestions = (draft: MapDraft): string[] => [
  ...(sourcesOf(draft).length === 0 ? ['the files'] : []),
  ...openMeanings(draft),
  ...(draft.like === null ? ['the design that gives the geometry'] : []),
];

/** Questions about what the numbers of a map are and how it lies. */
export function openMeanings(draft: MapDraft): string[] {
  const {quantity, heightUnit, phaseUnit, sign, firstRow, seenFrom, pitchMm} = draft;
  const unit = quantity === 'height' ? heightUnit : phaseUnit;
  return [
    ...(quantity === null ? ['what the numbers are'] : unit === null ? ['their unit'] : []),
    ...(quantity === 'phase' && sign === null ? ['the sign of the phase'] : []),
    ...(firstRow === null ? ['where the first row lies'] : []),
    ...(seenFrom === null ? ['from where the map is seen'] : []),
    ...(pitchMm === null || !Number.isFinite(pitchMm) ? ['the pitch'] : []),
  ];
}

/** What a draft asks for; null as long as questions are open. */
export function mapDesignOf(draft: MapDraft): MapDesignInput | null {
  const {like, levelCount, isPrinted} = draft;
  const answers = answersOf(draft);
  if (!answers || !like) return null;
  return {
    answers,
    geometry: {kind: 'like', folder: like},
    levels: levelCount === 0 ? null : {count: levelCount},
    ...(isPrinted ? {} : {printer: null}),
  };
}

/** What was said of the numbers and how they lie; null as long as a question about them is open. */
export function answersOf(draft: MapDraft): Answers | null {
  const {firstRow, seenFrom, pitchMm} = draft;
  const quantity = quantityOf(draft);
  if (!quantity || !firstRow || !seenFrom || pitchMm === null) return null;
  const {rawLow, rawHigh, atLow, atHigh, mirrored, quarterTurns} = draft;
  return {
    quantity,
    raw: draft.hasRaw ? {from: [rawLow, rawHigh], to: [atLow, atHigh]} : null,
    offset: draft.offset,
    complex: draft.complexPhase ? 'phase' : 'refuse',
    orientation: {firstRow, seenFrom, mirrored, quarterTurns: Number(quarterTurns)},
    pitchMm,
    fit: draft.fit,
    stack: draft.stack,
  };
}

function quantityOf({quantity, heightUnit, phaseUnit, sign, wrap}: MapDraft): Answers['quantity'] | null {
  if (quantity === 'height') return heightUnit && {kind: 'height', unit: heightUnit};
  if (quantity === null || phaseUnit === null || sign === null) return null;
  return {kind: 'phase', unit: phaseUnit, sign, wrap};
}
