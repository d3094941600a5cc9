import type {BenchFile} from '../../contract/bench-file.ts';
import type {BenchDevice, CallOptions} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {instrumentKinds, type InstrumentKind} from '../../contract/instruments.ts';
import type {
  ConnectedBench,
  DriverDevice,
  LinkInfo,
  Registry,
  SourceDevice,
  StageDevice,
} from '../devices/registry.ts';
import {forgetfulMemory, orDispose, type StageMemory} from './stage-memory.ts';
import {handOver} from '../engine/hand-over.ts';
import {type Reconnect, isOutOfReach, reconnectMs, seek} from '../engine/reach.ts';

/** Connected instruments, each of which may be connected anew in its place. */
export interface RenewableBench {
  readonly devices: ConnectedBench;
  readonly reconnect: Reconnect;
}

type Instruments = {-readonly [Kind in InstrumentKind]: ConnectedBench[Kind]};

/** Connects all instruments of a bench file, the source first so that RF is off; `memory` judges where the stage is. */
export async function connectRenewable(
  registry: Registry,
  file: BenchFile,
  call: CallOptions,
  memory: StageMemory = forgetfulMemory,
): Promise<RenewableBench> {
  const links = new Map<string, LinkInfo>();
  const first = await registry.connectBench(file, {
    ...call,
    onLink: (role, link) => void links.set(role, link),
  });
  const {source, detector, stage, mount} = first;
  const now: Instruments = {source, detector, stage, mount};

  await orDispose(first, memory.receive(first.stage, {}));

  let isDisposed = false;
  const connect = async (kind: InstrumentKind, options: CallOptions): Promise<DriverDevice> => {
    const {role} = file[kind] ?? {role: kind};
    const sought = {...options, onLink: (link: LinkInfo) => void links.set(role, link)};
    switch (kind) {
      case 'source':
        return (now.source = await take(now.source, await registry.connectSource(file.source, sought)));
      case 'detector':
        return (now.detector = await take(
          now.detector,
          await registry.connectDetector(file.detector, sought),
        ));
      case 'stage':
        return (now.stage = await takeStage(now.stage, await registry.connectStage(file.stage, sought)));
      case 'mount':
        if (!file.mount || !now.mount) throw new BenchError('device/unknown', 'This bench has no mounts.');
        return (now.mount = handOver(
          now.mount,
          await take(now.mount, await registry.connectMount(file.mount, sought)),
        ));
    }
  };

  /** The one that came back; nothing comes back into a bench that was closed meanwhile. */
  const take = async <D extends DriverDevice>(lost: BenchDevice, found: D): Promise<D> => {
    const isSame = found.identity.text === lost.identity.text;
    if (isSame && !isDisposed) return found;
    await found[Symbol.asyncDispose]();
    if (isSame) throw new BenchError('bench/closed', 'The bench was closed meanwhile.');
    throw new BenchError(
      'device/wrong-instrument',
      `Another instrument answers in the place of the ${lost.role}: "${found.identity.text.trim()}" instead of ` +
        `"${lost.identity.text.trim()}". It is not used.`,
    );
  };

  const takeStage = async (before: StageDevice, found: StageDevice): Promise<StageDevice> => {
    const fresh = await take(before, found);
    await orDispose(fresh, memory.receive(fresh, {before}));
    return fresh;
  };

  const reconnect: Reconnect = async (role, lost, {signal}) => {
    const kind = instrumentKinds.find((one) => file[one]?.role === role);
    if (!kind) throw new BenchError('device/unknown', `This bench has no "${role}".`);
    const present = now[kind];
    if (present !== undefined && present !== lost) return present;
    // A line that answers nothing keeps its port; nothing more is expected of it.
    await links.get(role)?.close();
    return seek((options) => connect(kind, options), signal);
  };

  const dispose = async (): Promise<void> => {
    const results = await Promise.allSettled([
      // Sought as long as the bench may still take it back.
      disposeSource(now.source, reconnect).finally(() => {
        isDisposed = true;
      }),
      now.stage[Symbol.asyncDispose](),
      now.mount?.[Symbol.asyncDispose](),
      now.detector[Symbol.asyncDispose](),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  };

  return {
    reconnect,
    devices: {
      get source() {
        return now.source;
      },
      get detector() {
        return now.detector;
      },
      get stage() {
        return now.stage;
      },
      get mount() {
        return now.mount;
      },
      [Symbol.asyncDispose]: dispose,
    },
  };
}

/** A source that could not be turned off for its line is sought, so that RF is proven off. */
async function disposeSource(source: SourceDevice, reconnect: Reconnect): Promise<void> {
  try {
    await source[Symbol.asyncDispose]();
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    const found = await reconnect(source.role, source, {signal: AbortSignal.timeout(reconnectMs)}).catch(
      () => undefined, // what the source itself has said tells what to do
    );
    if (!found) throw error;
    await found[Symbol.asyncDispose]();
  }
}
