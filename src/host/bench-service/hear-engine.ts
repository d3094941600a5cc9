import {type DetectorReading, storedName} from '../../contract/detector.ts';
import type {RunDocument} from '../../contract/run-records.ts';
import {msFromS} from '../../contract/units.ts';
import type {EngineEvent, Seen} from '../engine/events.ts';
import type {Board} from './board.ts';
import type {LiveDetector, Present} from './present.ts';

export interface EngineEar {
  readonly present: Present | undefined;
  readonly board: Board;
  readonly say: (level: 'info' | 'attention' | 'error', source: string, text: string) => void;
  readonly detector: LiveDetector | undefined;
  readonly stageRole: string | undefined;
}

/** Takes position, readings and the source's state from what the engine tells, so that a run costs no exchange more. */
export function hearEngine(event: EngineEvent, {present, board, say, detector, stageRole}: EngineEar): void {
  switch (event.type) {
    case 'motion': {
      const {nowMm, targetMm} = event.progress;
      return present?.onPosition(nowMm, {word: 'run', targetMm});
    }
    case 'plate-motion':
      return present?.onPlateMotion(event.plate, event.now, event.target);
    case 'document':
      return hearDocument(event.document, board, present, detector);
    case 'action':
      if (event.device === stageRole && event.action === 'home')
        present?.onStageWord(event.isDone ? 'idle' : 'home');
      if (event.source === 'off') present?.onSourceOff();
      else if (event.source) present?.onSourceState(event.source);
      return;
    case 'look':
      return present && hearLook(event.seen, present);
    case 'note':
      return say('info', 'run', event.text);
    case 'skipped':
      return say(
        'attention',
        'run',
        `${event.count} events of the run came faster than they could be shown. All points are stored; only the picture has a gap.`,
      );
    case 'state':
    case 'progress':
    case 'operator':
    case 'question':
    case 'wait':
    case 'compute':
      return;
  }
}

/** What is shown during a run is what the looks have found. */
function hearLook(seen: Seen, present: Present): void {
  switch (seen.kind) {
    case 'source':
      return present.onSourceState(seen.state);
    case 'stage':
      return present.onPosition(seen.positionMm, {word: seen.word});
    case 'detector':
      return present.onDetectorSettings(seen.settings);
    case 'mount':
      return present.onPlates(seen.plates);
  }
}

function hearDocument(
  [name, document]: RunDocument,
  board: Board,
  present: Present | undefined,
  detector: LiveDetector | undefined,
): void {
  if (name === 'descriptor' && detector)
    present?.onDetectorSettings(document.configuration[detector.role]?.data ?? {});
  if (name !== 'event') return;
  const {data, time} = document;
  const {saved} = board.parts;
  board.update({saved: {...saved, lastCommitUtc: new Date(msFromS(time)).toISOString()}});
  const [x, y, z] = [data['x_mm'], data['y_mm'], data['z_mm']].map(numberOrNull);
  if (x !== null && present)
    present.onPosition({x, ...(y === null ? {} : {y}), ...(z === null ? {} : {z})}, {word: 'idle'});
  const reading = detector && readingFrom(data, detector);
  if (reading) present?.onReading(reading, msFromS(time));
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
