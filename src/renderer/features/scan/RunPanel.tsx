import {type ReactElement, useState} from 'react';
import type {RunSummary} from '../../../contract/api/index.ts';
import {
  Button,
  dateTimeText,
  Loading,
  Panel,
  PlaceState,
  ProblemBox,
  Segments,
  Select,
  Tag,
} from '../../parts/index.ts';
import {countText, RunControls, type RunView, usePointsVersion, useStagePlace} from '../../run-data/index.ts';
import type {ValueRange} from '../../viewer/index.ts';
import type {MapChoices} from './map-choices.ts';
import {MapTools} from './MapTools.tsx';
import {PlanMap} from './PlanMap.tsx';
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
  const range = ranges[choices.quantity] ?? 'auto';
  const onRange = (next: ValueRange | 'auto'): void =>
    setRanges((before) => ({...before, [choices.quantity]: next}));
  return (
    <Panel
      title={side === 'plan' ? 'The plan to scale' : titleOf(view.summary, shown.isLive)}
      className={styles.picturePanel}
      tools={
        <>
          <RunControls />
          <Segments label="Show" value={side} onChange={onSide} options={sideOptions} />
        </>
      }
    >
      {(side === 'run' || view.points?.plane) && (
        <MapTools choices={choices} range={range} onRange={onRange} />
      )}
      {side === 'run' && <RunLine view={view} shown={shown} />}
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
  const place = useStagePlace();
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
      <PlaceState
        title="Nothing is measured yet"
        text="The map of the run appears here, point by point, once a scan is started from the form."
      >
        <Button onPress={() => onSide('plan')}>Show the plan</Button>
      </PlaceState>
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

/** Which run it is, in words, and what one does with it. */
function RunLine({view, shown}: {readonly view: RunView; readonly shown: ShownRun}): ReactElement | null {
  const {summary, points} = view;
  const {isLive} = shown;
  usePointsVersion(points, 2);
  if (!summary) return <RunChooser shown={shown} />;
  const ending = isLive || summary.exitStatus === null ? null : endingWords[summary.exitStatus];
  return (
    <div className={styles.runLine}>
      <RunChooser shown={shown} />
      <span>{countText(points?.count ?? summary.pointCount)} points</span>
      {summary.sample !== '' && <span>{summary.sample}</span>}
      {summary.purpose !== '' && <span>{summary.purpose}</span>}
      {summary.operator !== '' && <span>{summary.operator}</span>}
      {ending !== null && <Tag>{ending}</Tag>}
      {!isLive && summary.exitStatus !== 'success' && summary.reason !== '' && <span>{summary.reason}</span>}
      <span className={styles.runTools}>
        <RunTools summary={summary} />
      </span>
    </div>
  );
}

const endingWords = {
  success: 'complete',
  abort: 'ended early, points kept',
  fail: 'failed, points kept',
} as const;

function RunChooser({shown}: {readonly shown: ShownRun}): ReactElement | null {
  if (shown.recent.length === 0) return null;
  const isListed = shown.recent.some(({uid}) => uid === shown.runUid);
  return (
    <>
      <Select
        label="Run"
        isLabelHidden
        value={isListed ? shown.runUid : null}
        placeholder="this run"
        onChange={shown.choose}
        options={shown.recent.map((run) => ({value: run.uid, label: optionText(run)}))}
      />
      {shown.otherLiveUid !== null && (
        <Button isCompact look="primary" onPress={() => shown.choose(null)}>
          Back to the live run
        </Button>
      )}
    </>
  );
}

const optionText = ({scanId, planName, sample, timeS}: RunSummary): string =>
  [`Run ${scanId}`, planName, sample, dateTimeText(timeS * 1000)].filter((part) => part !== '').join(', ');
