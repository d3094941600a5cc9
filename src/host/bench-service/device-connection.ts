import type {FormerInstrument} from '../devices/former-instrument.ts';
import type {DriverDevice, ConnectOptions, LinkInfo} from '../devices/registry.ts';
import {BenchError, benchErrorFrom, hasCode, isAbort} from '../../contract/errors.ts';
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

export const createDeviceConnection = <D extends DriverDevice>(
  options: DeviceConnectionOptions<D>,
): DeviceConnection<D> => new SoughtConnection(options);

class SoughtConnection<D extends DriverDevice> implements DeviceConnection<D> {
  readonly role: string;
  readonly driver: string;
  readonly portText: string;
  readonly #options: DeviceConnectionOptions<D>;
  readonly #closing = new AbortController();
  #state: DeviceConnectionState = 'disconnected';
  #device: D | undefined;
  #linkText = '';
  #problem = '';
  #retryMs = firstRetryMs;
  #timer: NodeJS.Timeout | undefined;
  #connecting: Promise<void> | undefined;
  #link: LinkInfo | undefined;
  /** Who was connected here last, and at which adapter: another one is not let in. */
  #former: FormerInstrument | undefined;
  #adapter: FormerInstrument['adapter'];
  /** Why the one that was here last could not be left safe, as long as none has come back. */
  #unproven: BenchError | undefined;
  #isClosed = false;
  #connectionCount = 0;

  constructor(options: DeviceConnectionOptions<D>) {
    this.#options = options;
    this.role = options.role;
    this.driver = options.driver;
    this.portText = options.portText;
  }

  get state(): DeviceConnectionState {
    return this.#state;
  }

  get device(): D | undefined {
    return this.#device;
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  get linkText(): string {
    return this.#linkText;
  }

  get problem(): string {
    return this.#problem;
  }

  require(): D {
    if (this.#state === 'connected' && this.#device !== undefined) return this.#device;
    const why = this.#problem === '' ? '' : `: ${this.#problem}`;
    throw new BenchError(
      'port/closed',
      `The ${this.role} is not connected${why} Nothing was sent; connect it first (Bench page).`,
      {details: {role: this.role}},
    );
  }

  async connect(signal?: AbortSignal): Promise<void> {
    try {
      await this.#connect(signal);
    } catch (error) {
      this.#scheduleRetry(error);
      throw error;
    }
  }

  async renew(lost: D | undefined, signal: AbortSignal): Promise<D> {
    const isRenewed = (): boolean => this.#state === 'connected' && this.#device !== lost;
    // A line that answers nothing keeps its port; nothing more is expected of it.
    if (!isRenewed() && this.#connecting === undefined) await this.#link?.close();
    try {
      return await seek(async (call) => {
        if (!isRenewed()) await this.#connect(call.signal);
        if (this.#device !== undefined) return this.#device;
        throw new BenchError('port/closed', `The ${this.role} is not connected.`);
      }, signal);
    } catch (error) {
      // Whoever wanted it back does not wait any longer; the bench does.
      this.#scheduleRetry(error);
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    this.#stopRetries();
    await this.#connecting?.catch(() => undefined); // whoever began it has reported why it failed
    this.#change('disconnected', 'It was disconnected by hand.');
    await this.#device?.[Symbol.asyncDispose]();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#connecting?.catch(() => undefined); // whoever began it has reported why it failed
    try {
      await this.#device?.[Symbol.asyncDispose]();
      if (this.#unproven) throw this.#unproven;
    } catch (error) {
      await this.#proveOffOverNewLine(error);
    }
  }

  #change(next: DeviceConnectionState, why: string): void {
    this.#state = next;
    this.#problem = why;
    this.#options.onChange();
  }

  #report(error: BenchError): void {
    this.#options.onSentence('error', error.message, error.code);
  }

  // Seeking a lost instrument again.

  #stopRetries(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** `why` the last attempt failed: a stranger that has said who it is, is not asked again and again. */
  #scheduleRetry(why?: unknown): void {
    if (this.#isClosed || this.#timer !== undefined || isStranger(why)) return;
    this.#timer = setTimeout(() => void this.#retry(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }

  async #retry(): Promise<void> {
    this.#timer = undefined;
    if (this.#isClosed || this.#state !== 'lost') return;
    if (!this.#options.mayTry()) return this.#scheduleRetry();
    try {
      await this.#connect(this.#closing.signal);
      this.#options.onSentence('info', `The ${this.role} is connected again. Stored points are safe.`, null);
    } catch (error) {
      // The state holds the reason, and the next try comes by itself.
      if (!this.#isClosed) this.#change('lost', benchErrorFrom(error).message);
      if (isStranger(error)) this.#report(error);
      this.#scheduleRetry(error);
    }
  }

  #onLost(of: D | undefined, reason: Error): void {
    if (this.#isClosed || this.#state !== 'connected' || of !== this.#device) return;
    const text = `The ${this.role} is gone: ${reason.message} Connecting again is tried by itself.`;
    this.#change('lost', text);
    this.#options.onSentence('error', text, 'port/closed');
    this.#retryMs = firstRetryMs;
    this.#scheduleRetry();
  }

  // Connecting; calls that come meanwhile share the one under way.

  #connect(signal?: AbortSignal): Promise<void> {
    this.#stopRetries();
    this.#connecting ??= this.#connectNow(signal)
      .catch((error: unknown) => {
        if (!this.#isClosed)
          this.#change('lost', isAbort(error) ? 'Connecting was broken off.' : benchErrorFrom(error).message);
        throw error;
      })
      .finally(() => {
        this.#connecting = undefined;
      });
    return this.#connecting;
  }

  async #connectNow(signal: AbortSignal | undefined): Promise<void> {
    const before = this.#device;
    const unreported = before && (await letGo(before));
    this.#unproven ??= unreported;
    this.#change('connecting', '');
    const fresh = await this.#options
      .connect({...this.#callFor(signal), onLink: (...line) => this.#takeLink(...line)}, before)
      .catch((error: unknown) => {
        // Connecting again would have proven RF off.
        if (unreported) this.#report(unreported);
        throw error;
      });
    await this.#assertWanted(fresh);
    this.#device = fresh;
    this.#former = {role: this.role, identity: fresh.identity, adapter: this.#adapter};
    this.#unproven = undefined;
    this.#connectionCount++;
    this.#link?.onClose((reason) => this.#onLost(fresh, reason));
    this.#retryMs = firstRetryMs;
    this.#change('connected', '');
    if (this.#link?.isOpen === false)
      this.#onLost(fresh, new Error('its line ended while it was being connected.'));
  }

  #callFor(signal: AbortSignal | undefined): ConnectOptions {
    return {...(signal && {signal}), ...(this.#former && {former: this.#former})};
  }

  #takeLink(opened: LinkInfo, adapter: FormerInstrument['adapter']): void {
    this.#link = opened;
    this.#adapter = adapter;
    this.#linkText = opened.settingsText === '' ? opened.name : `${opened.name}, ${opened.settingsText}`;
  }

  /** Lets an instrument go that came when the bench was closed, and throws. */
  async #assertWanted(fresh: D): Promise<void> {
    if (!this.#isClosed) return;
    const left = await letGo(fresh);
    if (left) this.#report(left);
    throw new BenchError('bench/closed', 'The bench was closed meanwhile.');
  }

  /** RF may still be on behind a line that has ended: a new one proves it off. */
  async #proveOffOverNewLine(error: unknown): Promise<void> {
    if (!isOutOfReach(error)) throw error;
    await this.#link?.close();
    const fresh = await seek(
      ({signal}) => this.#options.connect(this.#callFor(signal), undefined),
      AbortSignal.timeout(reconnectMs),
    ).catch(
      () => undefined, // what the instrument itself has said tells what to do
    );
    if (!fresh) throw error;
    await fresh[Symbol.asyncDispose]();
  }
}

/** Another instrument has answered in its place: only a person can say when the right one is back. */
const isStranger = (error: unknown): error is BenchError =>
  hasCode(error, 'device/wrong-instrument') && error.details['isAsked'] === true;

/** Disposes an instrument; returns why its line did not close or its RF could not be proven off, which stops nothing. */
async function letGo(device: DriverDevice): Promise<BenchError | undefined> {
  try {
    await device[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return benchErrorFrom(error);
  }
}
