import type {ApiInputs} from '../../../contract/api/index.ts';
import {answersOf, emptyMapDraft, openMeanings, sourcesOf, type MapDraft} from './map-draft.ts';

/** What was said of a measured height map and of the plate that it was taken of. */
export interface HeightsDraft extends MapDraft {
  /** A session of the bench on which the plate stands. */
  readonly sessionUid: string | null;
  /** Counted from 1. */
  readonly plate: number | null;
  /** Where the middle of the map lies on the plate, and by how much it is turned there. */
  readonly dxMm: number;
  readonly dyMm: number;
  readonly rotationDeg: number;
  readonly isFilledAsDesigned: boolean;
  readonly isLevelled: boolean;
}

export const emptyHeightsDraft: HeightsDraft = {
  ...emptyMapDraft,
  quantity: 'height',
  sessionUid: null,
  plate: null,
  dxMm: 0,
  dyMm: 0,
  rotationDeg: 0,
  isFilledAsDesigned: false,
  isLevelled: false,
};

/** Questions that are not answered yet, in words. */
export const openHeightQuestions = (draft: HeightsDraft): string[] => [
  ...(draft.sessionUid === null ? ['the bench, by one of its sessions'] : []),
  ...(draft.plate === null ? ['the plate'] : []),
  ...(sourcesOf(draft).length === 0 ? ['the file'] : []),
  ...openMeanings(draft),
];

/** What a draft asks for; null as long as questions are open. */
export function heightsInputOf(draft: HeightsDraft): ApiInputs['design']['importHeights'] | null {
  const {sessionUid, plate, dxMm, dyMm, rotationDeg, isLevelled} = draft;
  const answers = answersOf(draft);
  const source = sourcesOf(draft).at(0);
  if (!answers || !source || sessionUid === null || plate === null) return null;
  return {
    sessionUid,
    plate,
    source,
    answers,
    placement: {dxMm, dyMm, rotationDeg},
    missing: draft.isFilledAsDesigned ? 'as-designed' : 'refuse',
    isLevelled,
  };
}
