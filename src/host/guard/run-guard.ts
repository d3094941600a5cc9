import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {createClock} from '../../base/clock.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {GuardReport} from '../../contract/stored/guard-records.ts';
import {createRegistry} from '../devices/registry.ts';
import {isAlive, type KnownProcess} from '../files/living-process.ts';
import {GuardDuty, type GuardTask} from './guard-duty.ts';
import {enterDuty, newReportUid, writeReport} from './guard-files.ts';
import {toGuardSchema, type ToGuard} from './guard-messages.ts';
import {guardReportText} from './guard-report-text.ts';
import {makeInstrumentsSafe} from './make-safe.ts';

/** The host's end of the line, as the guard sees it. */
export interface GuardChannel {
  onMessage(listener: (message: unknown) => void): void;
  /** The host has closed its end, or is gone. */
  onGone(listener: () => void): void;
}

const lookMs = 250;
/** Time in which a process that was killed has to be gone, ms. */
const endingMs = 5000;

/** Watches over the host at the other end of the channel. Resolves when nothing is left to be done. */
export async function runGuard(channel: GuardChannel): Promise<void> {
  const duty = new OneGuard(channel);
  await duty.ended;
}

class OneGuard {
  readonly ended: Promise<void>;
  #hello: Extract<ToGuard, {type: 'hello'}> | undefined;
  #leave: () => Promise<void> = () => Promise.resolve();

  constructor(channel: GuardChannel) {
    const duty = new GuardDuty({
      nowMs: () => performance.now(),
      isAlive,
      begin: (hello) => this.#begin(hello),
      act: (task) => this.#act(task),
    });
    channel.onMessage((message) => {
      const heard = toGuardSchema.safeParse(message);
      if (heard.success) duty.hear(heard.data);
      else say(`a message of the host was not understood: ${heard.error.message}`);
    });
    channel.onGone(() => {
      duty.noteGone();
      void duty.look();
    });
    this.ended = this.#watch(duty);
  }

  async #watch(duty: GuardDuty): Promise<void> {
    while (!duty.isOver) {
      await sleepRealMs(lookMs);
      await duty.look();
    }
    await this.#leave();
  }

  async #begin(hello: Extract<ToGuard, {type: 'hello'}>): Promise<void> {
    this.#hello = hello;
    try {
      this.#leave = await enterDuty(hello.dataPath, hello.host);
    } catch (error) {
      say(`it cannot be written down that a guard is on duty: ${benchErrorFrom(error).message}`);
    }
  }

  async #act({cause, silentMs, instruments, run}: GuardTask): Promise<void> {
    const hello = this.#hello;
    if (!hello) return;
    const {host, hostId, dataPath, timeoutScale} = hello;
    const isHostEnded = cause === 'died' || (await endHost(host));
    const registry = createRegistry({clock: createClock(), timeoutScale});
    const report: GuardReport = {
      uid: newReportUid(),
      utc: new Date().toISOString(),
      hostId,
      host,
      cause,
      silentS: silentMs / 1000,
      isHostEnded,
      run,
      // The lock of a port that a living process holds keeps this one from it.
      instruments: await makeInstrumentsSafe(registry, instruments),
      isReported: false,
    };
    say(guardReportText(report));
    try {
      await writeReport(dataPath, report);
    } catch (error) {
      say(`this could not be written down: ${benchErrorFrom(error).message}`);
    }
  }
}

/** Ends a host that hangs, whatever it is at; false when the system did not do it in time. */
async function endHost(host: KnownProcess): Promise<boolean> {
  try {
    if (await isAlive(host)) process.kill(host.pid, 'SIGKILL');
  } catch (error) {
    say(`process ${host.pid} could not be ended: ${benchErrorFrom(error).message}`);
  }
  for (const endMs = performance.now() + endingMs; performance.now() < endMs; await sleepRealMs(20))
    if (!(await isAlive(host))) return true;
  return false;
}

const say = (text: string): void => void process.stderr.write(`d2nn-bench guard: ${text}\n`);
