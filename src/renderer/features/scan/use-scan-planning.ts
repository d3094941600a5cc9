import {keepPreviousData, useQuery} from '@tanstack/react-query';
import {useMemo} from 'react';
import type {PlanSpec} from '../../../contract/plan-spec.ts';
import {spanNotes} from '../../../contract/plan-span.ts';
import {client, queries, useStatus} from '../../connection/index.ts';
import {attempt, checkSuspending, type CheckedSuspending, useRefusal} from '../../parts/index.ts';
import {isLive} from '../../run-data/index.ts';
import {useSettings} from '../../settings/settings.ts';
import type {Region} from '../../viewer/index.ts';
import {type LimitProblems, limitProblemsOf} from './plan-geometry.ts';
import type {ScanDraft} from './scan-draft.ts';
import {type CheckedForm, checkForm} from './scan-form.ts';
import {type DryRunView, useDryRun} from './use-dry-run.ts';

/** What is asked for, what the host says of it, and the way to start it. */
export interface ScanPlanning {
  readonly checked: CheckedForm;
  readonly suspending: CheckedSuspending;
  readonly dryRun: DryRunView;
  readonly limits: LimitProblems;
  readonly regionCount: number | null;
  readonly regions: readonly Region[];
  readonly designHash: string | null;
  /** What of the plan will not be measured as it was typed, in sentences. */
  readonly notes: readonly string[];
  readonly start: {readonly disabledBecause: string | undefined; readonly run: () => void};
  /** Puts it at the end of the queue, also while something is measured. */
  readonly queue: {readonly disabledBecause: string | undefined; readonly run: () => void};
}

const noLimits: LimitProblems = {};
const noRegions: readonly Region[] = [];
const noNotes: readonly string[] = [];

/** `onStarted` is called once the host has accepted the scan. */
export function useScanPlanning(draft: ScanDraft, onStarted: () => void): ScanPlanning {
  const checked = useMemo(() => checkForm(draft.form), [draft.form]);
  const {suspendersBy, suspenders} = draft;
  const suspending = useMemo(() => checkSuspending({suspendersBy, suspenders}), [suspendersBy, suspenders]);
  const dryRun = useDryRun(checked.plan, draft.designFolder);
  const limits = useMemo(() => (dryRun.result ? limitProblemsOf(dryRun.result) : noLimits), [dryRun.result]);
  const standing = useStatus((status) => status?.bench.design?.folder ?? null);
  const designFolder = draft.designFolder ?? standing;
  const design = useQuery(
    queries.design.get.queryOptions({
      input: designFolder === null ? {} : {folder: designFolder},
      staleTime: 60_000,
      placeholderData: keepPreviousData,
    }),
  );
  const file = design.data?.file ?? null;
  const regions = useMemo(() => (file ? file.detector.regions.map(regionOf) : noRegions), [file]);
  const notes = useMemo(
    () => (checked.plan ? spanNotes(checked.plan, file?.detector.regions) : noNotes),
    [checked.plan, file],
  );
  const operator = useSettings((settings) => settings.operator);
  const disabledBecause = useStartRefusal(checked, dryRun, suspending);
  const mayNot = useRefusal('operate');
  const start = (): void => {
    const {plan} = checked;
    if (!plan || disabledBecause !== undefined) return;
    void attempt(async () => {
      await client.scan.start(requestOf(draft, {plan, suspending, operator}));
      onStarted();
    });
  };
  const enqueue = (): void => {
    const {plan} = checked;
    if (plan && suspending.isValid)
      void attempt(
        () =>
          client.queue.add({job: {kind: 'scan', request: requestOf(draft, {plan, suspending, operator})}}),
        'It waits in the queue.',
      );
  };
  return {
    checked,
    suspending,
    dryRun,
    limits,
    regions,
    regionCount: file?.detector.regions.length ?? null,
    designHash: file?.contentHash ?? null,
    notes,
    start: {disabledBecause, run: start},
    queue: {
      disabledBecause:
        mayNot ?? (checked.plan && suspending.isValid ? undefined : 'Correct the marked fields first.'),
      run: enqueue,
    },
  };
}

/** What the host is asked for. */
function requestOf(
  draft: ScanDraft,
  of: {readonly plan: PlanSpec; readonly suspending: CheckedSuspending; readonly operator: string},
) {
  const {plan, suspending, operator} = of;
  const given = {...draft, operator: draft.operator ?? operator};
  const labels = (['sample', 'purpose', 'title', 'operator', 'sessionUid'] as const)
    .map((name) => [name, given[name].trim()] as const)
    .filter(([, value]) => value !== '');
  return {
    plan,
    isDetectorSetUp: draft.isDetectorSetUp,
    ...(suspending.suspenders && {suspenders: suspending.suspenders}),
    ...(draft.designFolder === null ? {} : {designFolder: draft.designFolder}),
    ...Object.fromEntries(labels),
  };
}

/** Why the scan cannot be started now, in words; undefined when it can. */
function useStartRefusal(
  {plan}: CheckedForm,
  {result, isCurrent, problem}: DryRunView,
  {isValid}: CheckedSuspending,
): string | undefined {
  const refusal = useRefusal('operate');
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const isRunLive = useStatus((status) => isLive(status?.run?.state));
  if (refusal !== undefined) return refusal;
  if (!isBenchOpen) return 'No bench is open: open one on the Bench page.';
  if (isRunLive) return 'A run is under way; the next can start when it has ended.';
  if (!plan || !isValid) return 'Correct the marked fields first.';
  if (problem) return problem;
  if (!isCurrent || !result) return 'The plan is being checked ...';
  return result.isAllowed ? undefined : result.refusal;
}

interface RegionBox {
  readonly label: string;
  readonly centerXMm: number;
  readonly centerYMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

const regionOf = ({label, centerXMm, centerYMm, widthMm, heightMm}: RegionBox): Region => ({
  label,
  rectMm: {
    xMm: [centerXMm - widthMm / 2, centerXMm + widthMm / 2],
    yMm: [centerYMm - heightMm / 2, centerYMm + heightMm / 2],
  },
});
