import type {LockInReading} from '../../contract/devices.ts';
import type {RunDocument} from '../../contract/run-records.ts';
import {msFromS} from '../../contract/units.ts';
import type {EngineEvent, Seen} from '../engine/events.ts';
import type {Board} from './board.ts';
import type {Present} from './present.ts';

export interface EngineEar {
  readonly present: Present | undefined;
  readonly board: Board;
  readonly say: (level: 'info' | 'attention' | 'error', source: string, text: string) => void;
  readonly roles: {readonly lockin: string; readonly stage: string} | undefined;
}

/** Takes position, readings and the source's state from what the engine tells, so that a run costs no exchange more. */
export function hearEngine(event: EngineEvent, {present, board, say, roles}: EngineEar): void {
  switch (event.type) {
    case 'motion': {
      const {nowMm, targetMm} = event.progress;
      return present?.onPosition(nowMm, {word: 'run', targetMm});
    }
    case 'plate-motion':
      return present?.onPlateMotion(event.plate, event.now, event.target);
    case 'document':
      return hearDocument(event.document, board, present, roles);
    case 'action':
      if (event.device === roles?.stage && event.action === 'home')
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
    case 'lockin':
      return present.onLockInSettings({
        timeConstantS: numberOrNull(seen.settings['timeConstantS']),
        sensitivityV: numberOrNull(seen.settings['sensitivityV']),
      });
    case 'mount':
      return present.onPlates(seen.plates);
  }
}

function hearDocument(
  [name, document]: RunDocument,
  board: Board,
  present: Present | undefined,
  roles: EngineEar['roles'],
): void {
  if (name === 'descriptor' && roles) {
    const settings = document.configuration[roles.lockin]?.data ?? {};
    present?.onLockInSettings({
      timeConstantS: numberOrNull(settings['timeConstantS']),
      sensitivityV: numberOrNull(settings['sensitivityV']),
    });
  }
  if (name !== 'event') return;
  const {data, time} = document;
  const {saved} = board.parts;
  board.update({saved: {...saved, lastCommitUtc: new Date(msFromS(time)).toISOString()}});
  const [x, y, z] = [data['x_mm'], data['y_mm'], data['z_mm']].map(numberOrNull);
  if (x !== null && present)
    present.onPosition({x, ...(y === null ? {} : {y}), ...(z === null ? {} : {z})}, {word: 'idle'});
  const reading = readingFrom(data);
  if (reading) present?.onReading(reading, msFromS(time));
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function readingFrom(data: Readonly<Record<string, unknown>>): LockInReading | undefined {
  const {x_v: xV, y_v: yV, r_v: rV, theta_deg: thetaDeg} = data;
  return typeof xV === 'number' &&
    typeof yV === 'number' &&
    typeof rV === 'number' &&
    typeof thetaDeg === 'number'
    ? {xV, yV, rV, thetaDeg}
    : undefined;
}
