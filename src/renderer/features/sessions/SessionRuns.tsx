import {useMemo, useState, type ReactElement} from 'react';
import {GridLayout, GridList, GridListItem, Size, Virtualizer} from 'react-aria-components';
import {useLocation} from 'wouter';
import type {RunSummary} from '../../../contract/api/index.ts';
import {Button, EmptyState, SearchField, countOf} from '../../parts/index.ts';
import {RunThumbnail} from '../../parts/RunThumbnail.tsx';
import {clockText} from '../../parts/time-text.ts';
import {ResumeButton, wasCutOff} from '../../run-data/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {saveRun} from './save-session.ts';
import {runName, runStateText} from './session-labels.ts';
import styles from './SessionDetail.module.css';

/** From so many runs on there is a field to find one. */
const searchFrom = 12;

/** Runs of a session as pictures. Only those in view are drawn and asked for. */
export function SessionRuns({runs}: {readonly runs: readonly RunSummary[]}): ReactElement {
  const [text, setText] = useState('');
  const [, navigate] = useLocation();
  const scale = useSettings((settings) => settings.scale);
  const shown = useMemo(() => runsWith(runs, text), [runs, text]);
  const layoutOptions = useMemo(
    () => ({
      minItemSize: new Size(150 * scale, 226 * scale),
      maxItemSize: new Size(230 * scale, 226 * scale),
      minSpace: new Size(8, 8),
    }),
    [scale],
  );
  if (runs.length === 0)
    return (
      <EmptyState
        title="No run yet"
        text="The next scan goes into this session while it is the chosen one in the top bar."
      />
    );
  const open = (run: RunSummary): void => navigate(compareAddress(run));
  return (
    <div className={styles.runs}>
      {runs.length >= searchFrom && (
        <SearchField
          label="Find a run"
          placeholder="Find a run by number or sample"
          value={text}
          onChange={setText}
        />
      )}
      {shown.length === 0 && <p className={styles.quiet}>No run fits “{text}”.</p>}
      <Virtualizer layout={GridLayout} layoutOptions={layoutOptions}>
        <GridList
          aria-label="Runs"
          layout="grid"
          className={styles.runGrid ?? ''}
          items={shown}
          onAction={(key) => {
            const run = runs.find(({uid}) => uid === key);
            if (run?.isGrid) open(run);
          }}
        >
          {(run) => (
            <GridListItem
              id={run.uid}
              textValue={`${runName(run)} ${run.sample}`}
              className={styles.run ?? ''}
            >
              <RunCard run={run} onCompare={() => open(run)} />
            </GridListItem>
          )}
        </GridList>
      </Virtualizer>
    </div>
  );
}

/** What stands on the picture of a run. */
function RunCard({run, onCompare}: {readonly run: RunSummary; readonly onCompare: () => void}): ReactElement {
  return (
    <>
      <RunThumbnail run={run} sizeRem={7.4} />
      <span className={styles.runHead}>
        <strong>{runName(run)}</strong>
        <span className={styles.quiet}>{clockText(run.timeS * 1000).slice(0, 5)}</span>
      </span>
      <span className={styles.runText}>{run.sample || run.planName}</span>
      <span className={run.exitStatus === 'fail' ? styles.runFault : styles.runText}>
        {runStateText(run)}, {countOf(run.pointCount, 'point')}
      </span>
      {/* The list scrolls a card whose part takes the focus wholly into view, away from under the pointer. */}
      <span className={styles.runDeeds} onFocus={(event) => event.stopPropagation()}>
        <Button isCompact isDisabled={!run.isGrid} aria-label={`Compare ${runName(run)}`} onPress={onCompare}>
          Compare
        </Button>
        <Button
          isCompact
          variant="quiet"
          isDisabled={run.pointCount === 0}
          aria-label={`Save points of ${runName(run)} as CSV`}
          onPress={() => void saveRun(run, 'csv')}
        >
          Save CSV
        </Button>
        {wasCutOff(run) && <ResumeButton run={run} />}
      </span>
    </>
  );
}

/** Runs whose number or sample has the text; all for no text. */
function runsWith(runs: readonly RunSummary[], text: string): readonly RunSummary[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return runs;
  return runs.filter((run) => `${runName(run)} ${run.sample} ${run.planName}`.toLowerCase().includes(wanted));
}

/** A digit stands beside its prediction; a run without a known mask waits for something to be set beside it. */
const compareAddress = ({uid, campaignIndex}: RunSummary): string =>
  `/compare?a=run:${uid}${campaignIndex === null ? '' : `&b=prediction:${uid}:nominal`}`;
