import type {ApiInputs} from '../../../contract/api/index.ts';

type PreviewInput = ApiInputs['design']['previewMaps'];
type MapDesignInput = NonNullable<PreviewInput['design']>;
type Answers = MapDesignInput['answers'];

export type HeightUnit = 'mm' | 'um' | 'm';
export type MapQuantityKind = Answers['quantity']['kind'];
export type TransmissionKind = Extract<MapQuantityKind, 'amplitude' | 'intensity'>;
export type PhaseUnit = 'rad' | 'turns' | 'deg';

/** What was said of maps so far; null where nobody has answered yet: no answer is guessed. */
export interface MapDraft {
  /** Whole paths, a line each. */
  readonly paths: string;
  /** Names of arrays, a line each; '' for all. */
  readonly arrays: string;
  readonly quantity: MapQuantityKind | null;
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
  readonly complexModulus: boolean;
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
  readonly masks: MaskDraft;
  readonly maskLevels: 'as-they-are' | 'open-or-closed';
}

/** What was said of masks beside reliefs; files and arrays as those of the maps, no files for the maps' own one. */
export interface MaskDraft {
  readonly areThere: boolean;
  readonly paths: string;
  readonly arrays: string;
  readonly quantity: TransmissionKind | null;
  readonly hasRaw: boolean;
  readonly rawLow: number;
  readonly rawHigh: number;
  readonly complexModulus: boolean;
  /** Numbers of plates from 1, `1, 3`; '' for all. */
  readonly plates: string;
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
  complexModulus: false,
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
  masks: {
    areThere: false,
    paths: '',
    arrays: '',
    quantity: null,
    hasRaw: false,
    rawLow: 0,
    rawHigh: 255,
    complexModulus: false,
    plates: '',
  },
  maskLevels: 'as-they-are',
};

/** Whether the numbers are transmissions of masks. */
export const isTransmissionKind = (kind: MapQuantityKind | null): kind is TransmissionKind =>
  kind === 'amplitude' || kind === 'intensity';

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The files of a draft. */
export function sourcesOf({paths, arrays}: Pick<MapDraft, 'paths' | 'arrays'>): PreviewInput['sources'] {
  const [files, names] = [linesOf(paths), linesOf(arrays)];
  return files.map((path) => ({path, ...(names.length > 0 && files.length === 1 ? {arrays: names} : {})}));
}

/** Questions that are not answered yet, in words. */
export const openQuestions = (draft: MapDraft): string[] => [
  ...(sourcesOf(draft).length === 0 ? ['the files'] : []),
  ...openMeanings(draft),
  ...openMasks(draft),
  ...(draft.like === null ? ['the design that gives the geometry'] : []),
];

/** Whether there are masks beside the maps. */
export const hasMasks = ({quantity, masks}: Pick<MapDraft, 'quantity' | 'masks'>): boolean =>
  masks.areThere && quantity !== null && !isTransmissionKind(quantity);

const openMasks = (draft: MapDraft): string[] => {
  const {masks} = draft;
  if (!hasMasks(draft)) return [];
  return [
    ...(linesOf(masks.paths).length === 0 && linesOf(masks.arrays).length === 0
      ? ['the files or arrays of the masks']
      : []),
    ...(masks.quantity === null ? ['what the numbers of the masks are'] : []),
    ...(platesOf(masks.plates) === null ? ['the plates that have masks, as 1, 3'] : []),
  ];
};

/** Numbers of plates; null for what is none. */
function platesOf(text: string): number[] | null {
  const numbers = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number);
  return numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 64) ? numbers : null;
}

/** Questions about what the numbers of a map and how it lies. */
export function openMeanings(draft: MapDraft): string[] {
  const {quantity, heightUnit, phaseUnit, sign, firstRow, seenFrom, pitchMm} = draft;
  const isUnitOpen =
    (quantity === 'height' && heightUnit === null) || (quantity === 'phase' && phaseUnit === null);
  return [
    ...(quantity === null ? ['what the numbers are'] : isUnitOpen ? ['their unit'] : []),
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
  if (!answers || !like || openMasks(draft).length > 0) return null;
  return {
    answers,
    masks: masksOf(draft),
    geometry: {kind: 'like', folder: like},
    levels: levelCount === 0 || isTransmissionKind(draft.quantity) ? null : {count: levelCount},
    maskLevels:
      draft.maskLevels === 'open-or-closed' && (hasMasks(draft) || isTransmissionKind(draft.quantity))
        ? 2
        : null,
    ...(isPrinted ? {} : {printer: null}),
  };
}

function masksOf(draft: MapDraft): MapDesignInput['masks'] {
  const {masks, paths} = draft;
  const {quantity, hasRaw, rawLow, rawHigh, complexModulus} = masks;
  if (!hasMasks(draft) || quantity === null) return null;
  const plates = platesOf(masks.plates) ?? [];
  return {
    sources: sourcesOf({paths: masks.paths.trim() === '' ? paths : masks.paths, arrays: masks.arrays}),
    quantity: {kind: quantity},
    // A raw range runs upwards, also where the larger number is closed.
    raw: !hasRaw
      ? null
      : rawLow <= rawHigh
        ? {from: [rawLow, rawHigh], to: [0, 1]}
        : {from: [rawHigh, rawLow], to: [1, 0]},
    complex: complexModulus && quantity === 'amplitude' ? 'modulus' : 'refuse',
    ...(plates.length > 0 && {plates}),
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
    complex:
      draft.quantity === 'phase' && draft.complexPhase
        ? 'phase'
        : draft.quantity === 'amplitude' && draft.complexModulus
          ? 'modulus'
          : 'refuse',
    orientation: {firstRow, seenFrom, mirrored, quarterTurns: Number(quarterTurns)},
    pitchMm,
    fit: draft.fit,
    stack: draft.stack,
  };
}

function quantityOf({quantity, heightUnit, phaseUnit, sign, wrap}: MapDraft): Answers['quantity'] | null {
  if (quantity === 'height') return heightUnit && {kind: 'height', unit: heightUnit};
  if (quantity === 'amplitude' || quantity === 'intensity') return {kind: quantity};
  if (quantity === null || phaseUnit === null || sign === null) return null;
  return {kind: 'phase', unit: phaseUnit, sign, wrap};
}
