import type {RunStatus} from '../../contract/api/index.ts';
import {client, useStatus} from '../connection/index.ts';
import {attempt, countText, durationText, useRefusal} from '../parts/index.ts';

/** What a run is doing, in words. */
export const runStateLabels: Readonly<Record<RunStatus['state'], string>> = {
  starting: 'starting',
  running: 'running',
  pausing: 'pausing at the next point',
  paused: 'paused',
  stopping: 'stopping',
  aborting: 'stopped by STOP',
  computing: 'computing',
  ended: 'ended',
};

/** Whether a run in this state still goes on. */
export const isLive = (state: RunStatus['state'] | null | undefined): boolean =>
  state !== null && state !== undefined && state !== 'ended';

/** Whether a run goes on now. */
export const useIsRunLive = (): boolean => useStatus((status) => isLive(status?.run?.state));

interface RunAct {
  readonly label: string;
  /** Why it cannot be done now; undefined when it can. */
  readonly disabledBecause: string | undefined;
  readonly run: () => void;
}

/** What can be done with the run under way. */
export interface RunActs {
  readonly state: RunStatus['state'] | null;
  readonly isLive: boolean;
  readonly pause: RunAct;
  readonly resume: RunAct;
  readonly skipWait: RunAct;
  readonly stop: RunAct;
}

/** The acts on the run under way with their labels and, where they cannot be done, the reasons. */
export function useRunActs(): RunActs {
  const mayNot = useRefusal('operate');
  const state = useStatus((status) => status?.run?.state ?? null);
  const pointCount = useStatus((status) => status?.run?.totalPointCount ?? 0);
  const waitText = useStatus((status) => {
    const wait = status?.run?.wait;
    return wait ? `${wait.text}, ${durationText(wait.leftS)} left` : null;
  });
  const isRunLive = isLive(state);
  const refusal = isRunLive ? mayNot : 'Nothing is running.';
  const act = (
    label: string,
    isPossible: boolean,
    otherwise: string,
    work: () => Promise<unknown>,
  ): RunAct => ({
    label,
    disabledBecause: refusal ?? (isPossible ? undefined : otherwise),
    run: () => void attempt(work),
  });
  const stopLabel = pointCount === 0 ? 'Stop' : `Stop and keep ${countText(pointCount)} points`;
  const isEnding = state === 'stopping' || state === 'aborting';
  return {
    state,
    isLive: isRunLive,
    pause: act('Pause', state === 'running' || state === 'computing', `The run is ${wordOf(state)}.`, () =>
      client.run.pause(),
    ),
    resume: act('Resume', state === 'paused' || state === 'pausing', `The run is ${wordOf(state)}.`, () =>
      client.run.resume(),
    ),
    skipWait: act('Skip wait', waitText !== null, 'The run is not waiting for anything now.', () =>
      client.run.skipWait(),
    ),
    stop: act(stopLabel, !isEnding, 'It is being stopped.', () =>
      client.run.stop({reason: 'stopped by operator'}),
    ),
  };
}

const wordOf = (state: RunStatus['state'] | null): string => (state ? runStateLabels[state] : 'not there');
