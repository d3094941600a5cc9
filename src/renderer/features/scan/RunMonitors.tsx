import {skipToken, useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {fixedText} from '../../../base/number-format.ts';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {queries} from '../../connection/index.ts';
import {Button, countOf, Tag} from '../../parts/index.ts';
import type {Quantity} from '../../run-data/index.ts';
import {changeForm} from './scan-draft.ts';
import {
  driftOf,
  driftText,
  isLineShiftCertain,
  isRippleCertain,
  lineShiftOf,
  lineShiftText,
  positionOf,
  positionText,
  rippleOf,
  rippleText,
} from './run-monitors.ts';
import styles from './ScanPage.module.css';

/** How often a run under way is asked for what it says of itself, ms. */
const pollMs = 2000;

type StreamPoints = ApiOutputs['runs']['points'];

/** A stream that a run may have beside its points; null before it has come, and where there is none. */
function useStream(runUid: string | null, stream: string, isLive: boolean): StreamPoints | null {
  const asked = useQuery(
    queries.runs.points.queryOptions({
      input: runUid === null ? skipToken : {runUid, stream},
      refetchInterval: isLive ? pollMs : false,
      retry: false,
    }),
  );
  return asked.data && asked.data.count > 0 ? asked.data : null;
}

export interface RunMonitorsProps {
  readonly runUid: string;
  readonly isLive: boolean;
  readonly quantities: readonly Quantity[];
}

/** What a scan says of itself: drift of the reference point, place of the probe, shift between lines of either direction. */
export function RunMonitors({runUid, isLive, quantities}: RunMonitorsProps): ReactElement | null {
  const reference = useStream(runUid, 'reference', isLive);
  const position = useStream(runUid, 'position', isLive);
  const lines = useStream(runUid, 'line_shift', isLive);
  const wave = useStream(runUid, 'ripple', isLive);
  const ripple = wave && rippleOf(wave);
  const drift = reference && driftOf(reference, quantities);
  const place = position && positionOf(position);
  const shift = lines && lineShiftOf(lines);
  if (!drift && !place && !shift && !ripple) return null;
  return (
    <p className={styles.monitors}>
      {ripple && <span title="A fit to the light along the beam">{rippleText(ripple)}</span>}
      {ripple && isRippleCertain(ripple) && (
        <Button
          isCompact
          hint="A grid then is the mean of two planes a quarter wave apart, which is free of it"
          onPress={() => changeForm({averagePlanes: 2, kind: 'grid'})}
        >
          Plan two planes
        </Button>
      )}
      {drift && (
        <span title={`First and last of ${countOf(drift.visitCount, 'visit')}`}>{driftText(drift)}</span>
      )}
      {place && (
        <span title="Against the first visits, from the places around it">{positionText(place)}</span>
      )}
      {place?.isLost === true && <Tag>place lost</Tag>}
      {shift && (
        <span title={`From ${countOf(shift.lineCount, 'line')} and their neighbours`}>
          {lineShiftText(shift)}
        </span>
      )}
      {shift && isLineShiftCertain(shift) && (
        <Button
          isCompact
          hint={`Sets the order of the plan, so that no line is measured backwards; or take ${fixedText(shift.shiftUm / 2, 0)} um off x of forward lines and add it on backward ones`}
          onPress={() => changeForm({order: 'one-way'})}
        >
          Plan one way
        </Button>
      )}
    </p>
  );
}
