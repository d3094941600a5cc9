import {countOf} from '../../base/count-text.ts';
import {type DetectorReading, storedName} from '../../contract/detector.ts';
import type {RunDocument} from '../../contract/run-records.ts';
import {msFromS} from '../../contract/units.ts';
import type {EngineEvent, Seen} from '../engine/events.ts';
import type {BenchStatus} from './bench-status.ts';
import type {LiveDetector} from './detector-state.ts';
import type {LiveState} from './live-state.ts';

export interface EngineListener {
  readonly liveState: LiveState | undefined;
  readonly benchStatus: BenchStatus;
  readonly say: (level: 'info' | 'attention' | 'error', source: string, text: string) => void;
  readonly detector: LiveDetector | undefined;
  readonly stageRole: string | undefined;
}

/** Takes position, readings and the source's state from what the engine tells, so that a run costs no exchange more. */
export function onEngineEvent(
  event: EngineEvent,
  {liveState, benchStatus, say, detector, stageRole}: EngineListener,
): void {
  switch (event.type) {
    case 'motion': {
      const {nowMm, targetMm} = event.progress;
      return liveState?.onPosition(nowMm, {controllerState: 'run', targetMm});
    }
    case 'plate-motion':
      return liveState?.onPlateMotion(event.plate, event.now, event.target);
    case 'document':
      return onDocument(event.document, benchStatus, liveState, detector);
    case 'action':
      if (event.device === stageRole && event.action === 'home')
        liveState?.onStageState(event.isDone ? 'idle' : 'home');
      if (event.source === 'off') liveState?.onSourceOff();
      else if (event.source) liveState?.onSourceState(event.source);
      return;
    case 'look':
      return liveState && onConditionRead(event.seen, liveState);
    case 'note':
      return say('info', 'run', event.text);
    case 'skipped':
      return say(
        'attention',
        'run',
        `${countOf(event.count, 'event')} of the run came faster than they could be shown. All points are stored; only the picture has a gap.`,
      );
    case 'state':
    case 'progress':
    case 'operator':
    case 'question':
    case 'wait':
    case 'suspension':
    case 'compute':
      return;
  }
}

/** What is shown during a run is what the looks have found. */
function onConditionRead(seen: Seen, liveState: LiveState): void {
  switch (seen.kind) {
    case 'source':
      return liveState.onSourceState(seen.state);
    case 'stage':
      return liveState.onPosition(seen.positionMm, {controllerState: seen.controllerState});
    case 'detector':
      return liveState.onDetectorSettings(seen.settings);
    case 'mount':
      return liveState.onPlates(seen.plates);
  }
}

function onDocument(
  [name, document]: RunDocument,
  benchStatus: BenchStatus,
  liveState: LiveState | undefined,
  detector: LiveDetector | undefined,
): void {
  if (name === 'descriptor' && detector)
    liveState?.onDetectorSettings(document.configuration[detector.role]?.data ?? {});
  if (name !== 'event') return;
  const {data, time} = document;
  const {saved} = benchStatus.parts;
  benchStatus.update({saved: {...saved, lastCommitUtc: new Date(msFromS(time)).toISOString()}});
  const [x, y, z] = [data['x_mm'], data['y_mm'], data['z_mm']].map(numberOrNull);
  if (x !== null && liveState)
    liveState.onPosition(
      {x, ...(y === null ? {} : {y}), ...(z === null ? {} : {z})},
      {controllerState: 'idle'},
    );
  const reading = detector && readingFrom(data, detector);
  if (reading) liveState?.onReading(reading, msFromS(time));
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The detector's columns of a point; undefined for a point without all of them. */
function readingFrom(
  data: Readonly<Record<string, unknown>>,
  {declaration}: LiveDetector,
): DetectorReading | undefined {
  const reading: Record<string, number> = {};
  for (const {name} of declaration.columns) {
    const value = data[storedName(name)];
    if (typeof value !== 'number') return undefined;
    reading[name] = value;
  }
  return reading;
}
