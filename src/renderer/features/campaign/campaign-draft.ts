import type {z} from 'zod';
import {useStore} from 'zustand';
import {campaignRequestSchema} from '../../../contract/api/index.ts';
import {
  checkSuspending,
  createDraftStore,
  initialSuspending,
  type SuspendingDraft,
} from '../../parts/index.ts';
import type {DigitSelection} from './digit-selection.ts';

/** A campaign as the host is asked for it. */
export type CampaignRequest = z.infer<typeof campaignRequestSchema>;

/** What is being prepared on the campaign page; it stays while one looks at other pages. */
export interface CampaignDraft extends SuspendingDraft {
  readonly selection: DigitSelection;
  /** null: the design of the bench. */
  readonly designFolder: string | null;
  readonly stepMm: number;
  readonly marginMm: number;
  readonly residualPercent: number;
  readonly readingCount: number;
  readonly referenceEvery: number;
  /** 0: lost steps are not seen. */
  readonly referencePatchMm: number;
  /** Whether it aligns with its own planes. */
  readonly align: CampaignRequest['align'];
  readonly title: string;
  /** Null: the operator of the settings. */
  readonly operator: string | null;
}

const defaults = campaignRequestSchema.parse({});

const draftStore = createDraftStore<CampaignDraft>('campaign', {
  selection: {kind: 'drawn', count: defaults.digitCount, seed: defaults.seed},
  designFolder: null,
  stepMm: defaults.stepMm,
  marginMm: defaults.marginMm,
  residualPercent: defaults.residualRatio * 100,
  readingCount: defaults.readingCount,
  referenceEvery: defaults.referenceEvery,
  referencePatchMm: defaults.referencePatchMm,
  align: defaults.align,
  title: '',
  operator: null,
  ...initialSuspending,
});

export const useCampaignDraft = (): CampaignDraft => useStore(draftStore);
export const changeDraft = (changes: Partial<CampaignDraft>): void => draftStore.setState(changes);

export type DraftProblems = Readonly<Partial<Record<keyof CampaignDraft | 'digitCount' | 'seed', string>>>;

/** The request that a draft stands for, or what is wrong with its fields, in words. */
export function checkDraft(
  draft: CampaignDraft,
  operator: string,
): {readonly request: CampaignRequest | null; readonly problems: DraftProblems} {
  const {selection, designFolder} = draft;
  const who = (draft.operator ?? operator).trim();
  const title = draft.title.trim();
  const {suspenders, isValid} = checkSuspending(draft);
  const checked = campaignRequestSchema.safeParse({
    ...(selection.kind === 'drawn'
      ? {digitCount: selection.count, seed: selection.seed}
      : {digitIds: selection.ids}),
    ...(designFolder === null ? {} : {designFolder}),
    stepMm: draft.stepMm,
    marginMm: draft.marginMm,
    residualRatio: Number((draft.residualPercent / 100).toPrecision(15)),
    readingCount: draft.readingCount,
    referenceEvery: draft.referenceEvery,
    referencePatchMm: draft.referencePatchMm,
    align: draft.align,
    ...(title === '' ? {} : {title}),
    ...(who === '' ? {} : {operator: who}),
    ...(suspenders && {suspenders}),
  });
  if (!isValid) return {request: null, problems: {suspenders: 'Correct the conditions.'}};
  if (selection.kind === 'picked' && selection.ids.length === 0)
    return {request: null, problems: {selection: 'Pick at least one digit, or have some drawn.'}};
  if (checked.success) return {request: checked.data, problems: {}};
  const problems: Partial<Record<string, string>> = {};
  for (const issue of checked.error.issues) {
    const path = String(issue.path[0]);
    const [field, factor] = path === 'residualRatio' ? ['residualPercent', 100] : [path, 1];
    problems[field] ??= wordsOf(issue, factor, factor === 100 ? ' %' : path.endsWith('Mm') ? ' mm' : '');
  }
  return {request: null, problems};
}

function wordsOf(
  issue: {
    readonly code?: string;
    readonly message: string;
    readonly minimum?: unknown;
    readonly maximum?: unknown;
    readonly inclusive?: unknown;
    readonly expected?: unknown;
  },
  factor: number,
  unit: string,
): string {
  if (issue.code === 'too_small')
    return `${issue.inclusive === true ? 'At least' : 'More than'} ${Number(issue.minimum) * factor}${unit}.`;
  if (issue.code === 'too_big')
    return `${issue.inclusive === true ? 'At most' : 'Less than'} ${Number(issue.maximum) * factor}${unit}.`;
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'A whole number.' : 'Enter a number.';
  return issue.message;
}
