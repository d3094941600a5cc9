import type {PositionMm, SettingsSnapshot, SettingValue} from '../../contract/devices.ts';
import type {DriverDevice} from '../devices/registry.ts';
import {assignValues, readValues, type Assignment, type NamedValue} from '../instruments/device-work.ts';
import {
  readDetectorDevice,
  type DetectorReadings,
  type DetectorReadRequest,
} from '../instruments/one-detector.ts';
import type {LiveOpenBench} from './live-open-bench.ts';
import type {LiveState} from './live-state.ts';
import type {ManualActivity} from './manual-activity.ts';
import {pollStage} from './poller.ts';

/** What instruments of the open bench say, and what is set at them, by name. */
export interface ManualValues {
  read(role: string): Promise<SettingsSnapshot>;
  /** Values by name; all settings without a name. */
  get(role: string, names: readonly string[]): Promise<NamedValue[]>;
  set(role: string, name: string, value: SettingValue): Promise<SettingValue>;
  /** In the order given; when one is not allowed none is sent. */
  assign(role: string, assignments: readonly Assignment[]): Promise<NamedValue[]>;
  readDetector(request: DetectorReadRequest): Promise<DetectorReadings>;
  /** Where the stage is and whether that is trusted, read now. */
  where(): Promise<{positionMm: PositionMm; beforeMm: PositionMm | null; distrust: string}>;
  /** Stops the stage, and proves that it rests. Always allowed. */
  stopStage(): Promise<PositionMm>;
}

interface ManualValuesOptions {
  readonly connections: LiveOpenBench['connections'];
  readonly manualActivity: ManualActivity;
  readonly liveState: LiveState;
  readonly deviceOf: (role: string) => DriverDevice;
  /** Does something that may change settings of an instrument, and reports the new settings afterwards. */
  readonly changing: <T>(role: string, work: () => Promise<T>) => Promise<T>;
  readonly readAgain: (device: DriverDevice, signal: AbortSignal) => Promise<void>;
}

export function createManualValues(options: ManualValuesOptions): ManualValues {
  const {connections, manualActivity, liveState, deviceOf} = options;
  const reading = <T>(role: string, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    manualActivity.run({role, what, isExclusive: false}, work);

  const assign: ManualValues['assign'] = (role, assignments) => {
    const device = deviceOf(role);
    const what = `setting ${assignments.map(({name}) => name).join(', ')}`;
    return options.changing(role, () =>
      manualActivity.run({role, what, isExclusive: device.kind !== 'detector'}, async (signal) => {
        const got = await assignValues(device, assignments, {signal});
        await options.readAgain(device, signal);
        return got;
      }),
    );
  };

  return {
    read: (role) => reading(role, 'reading settings', (signal) => deviceOf(role).readSettings({signal})),
    get: (role, names) =>
      reading(role, 'reading settings', (signal) => readValues(deviceOf(role), names, {signal})),
    async set(role, name, value) {
      const [assigned] = await assign(role, [{name, value}]);
      return assigned.value;
    },
    assign,
    readDetector: (request) =>
      reading(connections.detector.role, 'reading', (signal) =>
        readDetectorDevice(connections.detector.require(), request, signal),
      ),
    where: () =>
      reading(connections.stage.role, 'reading the position', async (signal) => {
        const stage = connections.stage.require();
        const positionMm = await stage.readPosition({signal});
        return {positionMm, beforeMm: stage.lastTrustedMm ?? null, distrust: stage.distrust};
      }),
    async stopStage() {
      const stage = connections.stage.require();
      await stage.stop();
      await pollStage(stage, liveState);
      return liveState.position?.mm ?? {};
    },
  };
}
