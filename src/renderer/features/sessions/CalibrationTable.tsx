import {useMemo, useState, type ReactElement} from 'react';
import type {SortDescriptor} from 'react-aria-components';
import {useLocation} from 'wouter';
import {Button, EmptyState, StateLight, Table, type TableColumn} from '../../parts/index.ts';
import {dateTimeText, durationText} from '../../parts/time-text.ts';
import {useNow} from '../../parts/use-now.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {
  calibrationState,
  calibrationStatusLabels,
  calibrationValueText,
  type Calibration,
  type CalibrationState,
} from './calibration-state.ts';
import {nameText} from './session-labels.ts';
import styles from './SessionDetail.module.css';

interface Line extends CalibrationState {
  readonly calibration: Calibration;
}

const light = {
  current: 'ready',
  expired: 'attention',
  stale: 'attention',
  replaced: 'off',
  revoked: 'off',
} as const;

/** Least room in rem from which a column is shown. */
const columns: readonly (TableColumn<Line> & {readonly fromRem: number})[] = [
  {
    id: 'state',
    title: 'State',
    fromRem: 0,
    width: 106,
    cell: ({state}) => <StateLight light={light[state]} label={calibrationStatusLabels[state]} />,
    sortBy: ({state}) => state,
  },
  {
    id: 'kind',
    title: 'Kind',
    fromRem: 0,
    width: '2fr',
    isRowHeader: true,
    cell: ({calibration}) => nameText(calibration.kind),
    sortBy: ({calibration}) => calibration.kind,
  },
  {
    id: 'value',
    title: 'Value',
    fromRem: 50,
    width: '3fr',
    cell: ({calibration}) => calibrationValueText(calibration.value),
  },
  {
    id: 'time',
    title: 'Made',
    fromRem: 44,
    width: 140,
    cell: ({calibration}) => dateTimeText(calibration.timeS * 1000).slice(0, 16),
    sortBy: ({calibration}) => calibration.timeS,
  },
  {
    id: 'age',
    title: 'Age',
    fromRem: 0,
    width: 96,
    isNumber: true,
    cell: ({ageS}) => durationText(ageS),
    sortBy: ({ageS}) => ageS,
  },
  {
    id: 'validity',
    title: 'Valid',
    fromRem: 32,
    width: 130,
    cell: ({validity}) => validity,
    sortBy: ({calibration}) => calibration.validUntilS ?? Infinity,
  },
  {
    id: 'dependants',
    title: 'Others build on it',
    fromRem: 62,
    width: '2fr',
    cell: ({dependants}) =>
      dependants.length === 0 ? '–' : dependants.map(({kind}) => nameText(kind)).join(', '),
    sortBy: ({dependants}) => dependants.length,
  },
];

/** Calibrations with their age, whether they may still be used, and what builds on them. */
export function CalibrationTable(props: {
  readonly calibrations: readonly Calibration[];
  readonly heightRem?: number;
  /** Shows which session a calibration was made in, as a link. */
  readonly hasSessionLink?: boolean;
}): ReactElement {
  const {calibrations} = props;
  const nowMs = useNow(30_000);
  const [ref, widthRem] = useWidthRem();
  const [sort, setSort] = useState<SortDescriptor>({column: 'age', direction: 'ascending'});
  const [chosenUid, setChosenUid] = useState<string | null>(null);
  const lines = useMemo(
    () =>
      calibrations.map((calibration) => ({
        calibration,
        ...calibrationState(calibration, calibrations, nowMs / 1000),
      })),
    [calibrations, nowMs],
  );
  const shown = useMemo(() => columns.filter(({fromRem}) => fromRem <= (widthRem ?? 0)), [widthRem]);
  const chosen = lines.find(({calibration}) => calibration.uid === chosenUid);
  return (
    <div ref={ref} className={styles.calibrations}>
      <div className={styles.calibrationTable}>
        {widthRem !== null && (
          <Table
            label="Calibrations"
            items={lines}
            columns={shown}
            idOf={({calibration}) => calibration.uid}
            selectedId={chosenUid}
            onSelect={setChosenUid}
            sort={sort}
            onSort={setSort}
            {...(props.heightRem === undefined ? {} : {heightRem: props.heightRem})}
            empty={
              <EmptyState
                title="No calibration here"
                text="Dark level, lock-in phase, source power, output frame and placements are kept here as campaigns and alignments make them."
              />
            }
          />
        )}
      </div>
      {chosen && <CalibrationCard line={chosen} hasSessionLink={props.hasSessionLink ?? false} />}
    </div>
  );
}

function CalibrationCard(props: {readonly line: Line; readonly hasSessionLink: boolean}): ReactElement {
  const {calibration, state, reason, validity, ageS, dependants} = props.line;
  const [, navigate] = useLocation();
  const {sessionUid} = calibration;
  return (
    <section className={styles.calibrationCard} aria-label="Chosen calibration">
      <h3>{nameText(calibration.kind)}</h3>
      <p>
        {calibrationStatusLabels[state]}, {durationText(ageS)} old, {validity}
      </p>
      {reason !== '' && <p>{reason}</p>}
      <p className={styles.quiet}>
        {dependants.length === 0
          ? 'No other calibration builds on it.'
          : `These have to be made anew with it: ${dependants.map(({kind}) => nameText(kind)).join(', ')}.`}
      </p>
      <pre className={styles.value} tabIndex={0} aria-label="Value">
        {JSON.stringify(calibration.value, null, 1)}
      </pre>
      {props.hasSessionLink && sessionUid !== null && (
        <Button onPress={() => navigate(`/sessions/${sessionUid}`)}>Open its session</Button>
      )}
    </section>
  );
}
