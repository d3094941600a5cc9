import type {WorkingPoint} from '../../contract/devices.ts';
import type {Jobs} from './jobs.ts';
import type {LiveOpenBench} from './live-open-bench.ts';

/** Something that must hold before RF may go on. */
export interface Interlock {
  readonly name: string;
  readonly isHolding: boolean;
  /** How it stands, in a sentence. */
  readonly text: string;
}

/** All that stands between RF and the chain; those that the program really checks and no others. */
export function interlocksOf(
  {bench, jobs}: {readonly bench: LiveOpenBench; readonly jobs: Jobs},
  point: WorkingPoint = {},
): Interlock[] {
  const {source} = bench.file;
  const {connections} = bench;
  const powerDbm = point.powerDbm ?? source.powerDbm;
  const isLevelAllowed = powerDbm >= source.minPowerDbm && powerDbm <= source.maxPowerDbm;
  const isConnected = connections.source.state === 'connected';
  return [
    {
      name: 'source-connected',
      isHolding: isConnected,
      text: isConnected
        ? 'The source is connected and is what it should be.'
        : 'The source is not connected.',
    },
    {
      name: 'level',
      isHolding: isLevelAllowed,
      text: `${powerDbm} dBm into the chain; the bench file allows ${source.minPowerDbm} to ${source.maxPowerDbm} dBm.`,
    },
    {
      name: 'no-run',
      isHolding: !jobs.isLive,
      text: jobs.isLive
        ? `"${jobs.title}" is under way and turns RF on and off by itself.`
        : 'No run is under way.',
    },
  ];
}

export const closedInterlocks: readonly Interlock[] = [
  {name: 'bench-open', isHolding: false, text: 'No bench is open, so there is no source to turn on.'},
];
