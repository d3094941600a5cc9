import type {DriverDevice, ConnectOptions, LinkInfo} from '../devices/registry.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {isOutOfReach, reconnectMs, seek} from '../engine/reach.ts';

/** How an instrument of the open bench is connected. */
export type DeviceConnectionState = 'connecting' | 'connected' | 'lost' | 'disconnected';

/**
 * The place of one instrument on the bench: holds it, notices when its line ends, and seeks a lost one again now and
 * then, with growing pauses, while `mayTry` allows it.
 */
export interface DeviceConnection<D extends DriverDevice = DriverDevice> {
  readonly role: string;
  readonly driver: string;
  /** Where the bench file says that it is, whether or not anything answers there. */
  readonly portText: string;
  readonly state: DeviceConnectionState;
  /** The instrument, or the last one that was here; undefined before the first. */
  readonly device: D | undefined;
  /** Counts up with every connection made: what was read before the last one is old. */
  readonly connectionCount: number;
  /** Port and line settings. */
  readonly linkText: string;
  /** Why it is not connected, in a sentence; '' when it is. */
  readonly problem: string;
  /** Throws `port/closed` when it is not connected now. */
  require(): D;
  /** Connects, or connects again. Throws what stands against it. */
  connect(signal?: AbortSignal): Promise<void>;
  /**
   * Takes the place of `lost`, which is out of reach: gives its line up and connects again and again until the signal ends
   * it. Resolves with the instrument that is there, also when another call has brought it back meanwhile.
   */
  renew(lost: D | undefined, signal: AbortSignal): Promise<D>;
  /** Lets the port go; RF off before. It stays so until `connect`. */
  disconnect(): Promise<void>;
  /** For good. One whose RF could not be proven off is sought for that, for a few seconds; then no more. */
  close(): Promise<void>;
}

export interface DeviceConnectionOptions<D extends DriverDevice> {
  readonly role: string;
  readonly driver: string;
  readonly portText: string;
  /** `before` is the instrument that was here last, already let go: what was known of it may not hold any more. */
  readonly connect: (options: ConnectOptions, before: D | undefined) => Promise<D>;
  /** Whether a lost instrument may be sought now: not during a run. */
  readonly mayTry: () => boolean;
  readonly onChange: () => void;
  readonly onSentence: (level: 'info' | 'attention' | 'error', text: string, code: string | null) => void;
}

const firstRetryMs = 1000;
const longestRetryMs = 15_000;

export function createDeviceConnection<D extends DriverDevice>(
  options: DeviceConnectionOptions<D>,
): DeviceConnection<D> {
  const {role, onChange, onSentence, mayTry} = options;
  let state: DeviceConnectionState = 'disconnected';
  let device: D | undefined;
  let linkText = '';
  let problem = '';
  let retryMs = firstRetryMs;
  let timer: NodeJS.Timeout | undefined;
  let connecting: Promise<void> | undefined;
  let link: LinkInfo | undefined;
  /** Why the one that was here last could not be left safe, as long as none has come back. */
  let unproven: BenchError | undefined;
  let isClosed = false;
  let connectionCount = 0;
  const closing = new AbortController();

  const change = (next: DeviceConnectionState, why: string): void => {
    state = next;
    problem = why;
    onChange();
  };

  const scheduleRetry = (): void => {
    if (isClosed || timer !== undefined) return;
    timer = setTimeout(() => void retry(), retryMs);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  };

  const retry = async (): Promise<void> => {
    timer = undefined;
    if (isClosed || state !== 'lost') return;
    if (!mayTry()) return scheduleRetry();
    try {
      await connect(closing.signal);
      onSentence('info', `The ${role} is connected again. Stored points are safe.`, null);
    } catch (error) {
      // The state holds the reason, and the next try comes by itself.
      if (!isClosed) change('lost', benchErrorFrom(error).message);
      scheduleRetry();
    }
  };

  const onLost = (of: D | undefined, reason: Error): void => {
    if (isClosed || state !== 'connected' || of !== device) return;
    const text = `The ${role} is gone: ${reason.message} Connecting again is tried by itself.`;
    change('lost', text);
    onSentence('error', text, 'port/closed');
    retryMs = firstRetryMs;
    scheduleRetry();
  };

  const say = (error: BenchError): void => onSentence('error', error.message, error.code);

  /** The line of a dead instrument may fail to close, or RF could not be proven off: told, and no hindrance. */
  const letGo = async (old: D): Promise<BenchError | undefined> => {
    try {
      await old[Symbol.asyncDispose]();
      return undefined;
    } catch (error) {
      return benchErrorFrom(error);
    }
  };

  const connectNow = async (signal: AbortSignal | undefined): Promise<void> => {
    const known = device?.identity.text;
    const unreported = device && (await letGo(device));
    unproven ??= unreported;
    change('connecting', '');
    const fresh = await options
      .connect(
        {
          ...(signal === undefined ? {} : {signal}),
          onLink: (opened) => {
            link = opened;
            linkText = opened.settingsText === '' ? opened.name : `${opened.name}, ${opened.settingsText}`;
          },
        },
        device,
      )
      .catch((error: unknown) => {
        // Connecting again would have proven RF off.
        if (unreported) say(unreported);
        throw error;
      });
    if (isClosed || (known !== undefined && fresh.identity.text !== known)) {
      const left = await letGo(fresh);
      if (left) say(left);
      if (isClosed) throw new BenchError('bench/closed', 'The bench was closed meanwhile.');
      throw new BenchError(
        'device/wrong-instrument',
        `Another instrument answers in the place of the ${role}: "${fresh.identity.text.trim()}" instead of "${known?.trim()}". ` +
          'It is not used; connect the right one, or close the bench and open it with the new one.',
      );
    }
    device = fresh;
    unproven = undefined;
    connectionCount++;
    link?.onClose((reason) => onLost(fresh, reason));
    retryMs = firstRetryMs;
    change('connected', '');
    if (link?.isOpen === false) onLost(fresh, new Error('its line ended while it was being connected.'));
  };

  const connect = (signal?: AbortSignal): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    connecting ??= connectNow(signal)
      .catch((error: unknown) => {
        if (!isClosed)
          change('lost', isAbort(error) ? 'Connecting was broken off.' : benchErrorFrom(error).message);
        throw error;
      })
      .finally(() => {
        connecting = undefined;
      });
    return connecting;
  };

  const renew: DeviceConnection<D>['renew'] = async (lost, signal) => {
    const isRenewed = (): boolean => state === 'connected' && device !== lost;
    // A line that answers nothing keeps its port; nothing more is expected of it.
    if (!isRenewed() && connecting === undefined) await link?.close();
    return seek(async (call) => {
      if (!isRenewed()) await connect(call.signal);
      if (device === undefined) throw new BenchError('port/closed', `The ${role} is not connected.`);
      return device;
    }, signal);
  };

  /** RF may still be on behind a line that has ended: a new one proves it off. */
  const proveOffOverNewLine = async (error: unknown): Promise<void> => {
    if (!isOutOfReach(error)) throw error;
    await link?.close();
    const fresh = await seek(
      (call) => options.connect(call, undefined),
      AbortSignal.timeout(reconnectMs),
    ).catch(
      () => undefined, // what the instrument itself has said tells what to do
    );
    if (!fresh) throw error;
    await fresh[Symbol.asyncDispose]();
  };

  return {
    role,
    driver: options.driver,
    portText: options.portText,
    renew,
    get state() {
      return state;
    },
    get device() {
      return device;
    },
    get connectionCount() {
      return connectionCount;
    },
    get linkText() {
      return linkText;
    },
    get problem() {
      return problem;
    },
    require() {
      if (state === 'connected' && device !== undefined) return device;
      throw new BenchError(
        'port/closed',
        `The ${role} is not connected${problem === '' ? '' : `: ${problem}`} Nothing was sent; connect it first (Bench page).`,
        {details: {role}},
      );
    },
    async connect(signal) {
      try {
        await connect(signal);
      } catch (error) {
        scheduleRetry();
        throw error;
      }
    },
    async disconnect() {
      clearTimeout(timer);
      timer = undefined;
      await connecting?.catch(() => undefined); // told by whoever began it
      change('disconnected', 'It was disconnected by hand.');
      await device?.[Symbol.asyncDispose]();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      closing.abort();
      await connecting?.catch(() => undefined); // told by whoever began it
      try {
        await device?.[Symbol.asyncDispose]();
        if (unproven) throw unproven;
      } catch (error) {
        await proveOffOverNewLine(error);
      }
    },
  };
}
