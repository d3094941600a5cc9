import {type ReactElement, useState} from 'react';
import type {RunSummary} from '../../../contract/api/index.ts';
import {
  Button,
  dateTimeText,
  Loading,
  MenuButton,
  Panel,
  EmptyState,
  ProblemBox,
  Segments,
  Tag,
  countText,
} from '../../parts/index.ts';
import {type RunView, usePointsVersion, useStagePosition} from '../../run-data/index.ts';
import type {ValueRange} from '../../viewer/index.ts';
import type {MapChoices} from './map-choices.ts';
import {MapTools} from './MapTools.tsx';
import {PlanMap} from './PlanMap.tsx';
import {RunMonitors} from './RunMonitors.tsx';
import {RunPicture} from './RunPicture.tsx';
import {RunTools} from './RunTools.tsx';
import styles from './ScanPage.module.css';
import type {ScanPlanning} from './use-scan-planning.ts';
import type {ShownRun} from './use-shown-run.ts';

export interface RunPanelProps {
  readonly shown: ShownRun;
  readonly view: RunView;
  readonly planning: ScanPlanning;
  readonly choices: MapChoices;
  readonly side: 'run' | 'plan';
  readonly onSide: (side: 'run' | 'plan') => void;
}

const sideOptions = [
  {value: 'plan', label: 'Plan'},
  {value: 'run', label: 'Measured'},
] as const;

/** The big picture: what a run measured, or the plan drawn to scale. */
export function RunPanel(props: RunPanelProps): ReactElement {
  const {shown, view, side, onSide, choices} = props;
  const [ranges, setRanges] = useState<Readonly<Partial<Record<string, ValueRange | 'auto'>>>>({});
  const range = ranges[choices.quantity.column] ?? 'auto';
  const onRange = (next: ValueRange | 'auto'): void =>
    setRanges((before) => ({...before, [choices.quantity.column]: next}));
  return (
    <Panel
      title={side === 'plan' ? 'The plan to scale' : titleOf(view.summary, shown.isLive)}
      className={styles.picturePanel}
      tools={
        <>
          {side === 'run' && <RunFacts view={view} isLive={shown.isLive} />}
          {side === 'run' && <RunChooser shown={shown} />}
          <Segments isCompact label="Show" value={side} onChange={onSide} options={sideOptions} />
        </>
      }
    >
      {(side === 'run' || view.points?.plane) && (
        <div className={styles.toolRow}>
          <MapTools choices={choices} range={range} onRange={onRange} />
          {side === 'run' && view.summary && (
            <div className={styles.runTools}>
              <RunTools summary={view.summary} />
            </div>
          )}
        </div>
      )}
      {side === 'run' && shown.runUid !== null && view.points && (
        <RunMonitors runUid={shown.runUid} isLive={shown.isLive} quantities={view.points.quantities} />
      )}
      <div className={styles.picture}>
        <Picture {...props} range={range} onRange={onRange} />
      </div>
    </Panel>
  );
}

function Picture(
  props: RunPanelProps & {
    readonly range: ValueRange | 'auto';
    readonly onRange: (range: ValueRange | 'auto') => void;
  },
): ReactElement {
  const {shown, view, side, onSide, choices, planning, range, onRange} = props;
  const place = useStagePosition();
  if (side === 'plan')
    return (
      <PlanMap
        plan={planning.checked.plan}
        dryRun={planning.dryRun.result}
        points={view.points}
        {...{choices, place}}
        regions={planning.regions}
      />
    );
  if (view.problem) return <ProblemBox problem={view.problem} />;
  if (shown.isLoading || view.isLoading) return <Loading what="the run" />;
  if (!view.points || !view.start)
    return (
      <EmptyState
        title="Nothing is measured yet"
        text="The map of the run appears here, point by point, once a scan is started from the form."
      >
        <Button onPress={() => onSide('plan')}>Show the plan</Button>
      </EmptyState>
    );
  // The regions of another design would be a lie on this run's map.
  const runHash = view.summary?.designHash ?? null;
  const areOwnRegions = runHash === null || runHash === planning.designHash;
  return (
    <RunPicture
      points={view.points}
      summary={view.summary}
      start={view.start}
      {...{choices, range, onRange, place}}
      regions={areOwnRegions ? planning.regions : []}
    />
  );
}

function titleOf(summary: RunSummary | null, isLive: boolean): string {
  if (!summary) return 'Measured';
  return `Run ${summary.scanId}, ${summary.planName}${isLive ? ', live' : ''}`;
}

/** Of which run the picture is, in words. */
function RunFacts({view, isLive}: {readonly view: RunView; readonly isLive: boolean}): ReactElement | null {
  const {summary, points} = view;
  usePointsVersion(points, 2);
  if (!summary) return null;
  const isOver = !isLive && summary.exitStatus !== null;
  const damaged = points?.damaged ?? [];
  const doubt = points?.doubt ?? null;
  const facts = [
    `${countText(points?.count ?? summary.pointCount)} points`,
    summary.sample,
    summary.purpose,
    summary.operator,
    isOver && summary.exitStatus !== 'success' ? summary.reason : '',
    damaged.length <= 1 ? damaged.join('') : `${damaged.length} damaged points; the first: ${damaged[0]}`,
    doubt
      ? `points ${doubt.first} to ${doubt.last} in doubt${doubt.isChanged ? ', left out of the picture' : ''}: ${doubt.why}`
      : '',
  ].filter((fact) => fact !== '');
  const sentence = facts.join(' · ');
  return (
    <>
      <span className={styles.facts} title={sentence}>
        {sentence}
      </span>
      {damaged.length > 0 && <Tag>{countText(damaged.length)} damaged</Tag>}
      {doubt && <Tag>{countText(doubt.last - doubt.first + 1)} in doubt</Tag>}
      {isOver && summary.exitStatus !== null && <Tag>{endingLabels[summary.exitStatus]}</Tag>}
    </>
  );
}

const endingLabels = {
  success: 'complete',
  abort: 'ended early, points kept',
  fail: 'failed, points kept',
} as const;

function RunChooser({shown}: {readonly shown: ShownRun}): ReactElement | null {
  if (shown.recent.length === 0) return null;
  return (
    <>
      {shown.otherLiveUid !== null && (
        <Button isCompact variant="primary" onPress={() => shown.choose(null)}>
          Back to the live run
        </Button>
      )}
      <MenuButton
        isCompact
        menuLabel="Runs"
        hint="Shows an earlier run here"
        entries={shown.recent.map((run) => ({
          id: run.uid,
          label: optionText(run),
          note: run.uid === shown.runUid ? 'shown' : '',
          onChoose: () => shown.choose(run.uid),
        }))}
      >
        Other run ▾
      </MenuButton>
    </>
  );
}

const optionText = ({scanId, planName, sample, timeS}: RunSummary): string =>
  [`Run ${scanId}`, planName, sample, dateTimeText(timeS * 1000)].filter((part) => part !== '').join(', ');
