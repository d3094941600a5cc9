import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {roundedText} from '../../base/number-format.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {benchErrorFrom, hasCode, type BenchError} from '../../contract/errors.ts';
import type {GuardedInstrument} from '../../contract/stored/guard-records.ts';
import {portText} from '../bench/port-text.ts';
import {withDeadline} from '../engine/deadlines.ts';
import type {WatchedInstrument} from '../devices/hazard-watch.ts';
import type {Registry} from '../devices/registry.ts';

/** How long an instrument is sought, and how long one attempt may take, ms of real time. */
const seekMs = 60_000;
const attemptMs = 15_000;
const pauseMs = 300;
/**
 * How long a port counts as still held by the dead host, ms: a process that was killed shows as ended while threads of it have
 * not, on a busy machine for seconds, and its locks go with the last of them. Nothing is sent to a port that another one holds.
 */
const lastHoldMs = 15_000;

/** Another instrument there, or another program at it: nothing is sent. */
const handsOff = ['device/wrong-instrument', 'port/busy', 'file/invalid', 'device/unknown'] as const;

/** Makes instruments safe, all at once, each as its driver does it, and says of each what came of it. Never rejects. */
export function makeInstrumentsSafe(
  registry: Registry,
  instruments: readonly WatchedInstrument[],
): Promise<GuardedInstrument[]> {
  const startedMs = performance.now();
  return Promise.all(
    instruments.map(async (instrument) => {
      const {kind, config} = instrument;
      const {role, driver, link} = config;
      const result = await makeSafe(registry, instrument);
      return {
        role,
        kind,
        driver,
        port: portText(link),
        ...result,
        tookMs: Math.round(performance.now() - startedMs),
      };
    }),
  );
}

type Result = Pick<GuardedInstrument, 'outcome' | 'text'>;

async function makeSafe(registry: Registry, instrument: WatchedInstrument): Promise<Result> {
  const startedMs = performance.now();
  let isSent = false;
  for (;;) {
    let failure: BenchError;
    try {
      const proving = proveSafe(registry, instrument);
      return {
        outcome: 'safe',
        text: await withDeadline(proving, attemptMs, `Reaching the ${instrument.config.role}`),
      };
    } catch (error) {
      failure = benchErrorFrom(error);
    }
    const isForOthers = hasCode(failure, ...handsOff);
    // One that does not answer as it should may still hear.
    if (!isForOthers) isSent = (await sendBlindly(registry, instrument)) || isSent;
    const elapsedMs = performance.now() - startedMs;
    const mayBeFreed = hasCode(failure, 'port/busy') && elapsedMs < lastHoldMs;
    if ((isForOthers && !mayBeFreed) || elapsedMs > seekMs) return unproven(instrument, failure, isSent);
    await sleepRealMs(pauseMs);
  }
}

/** Connects it, which turns RF off and stops a stage, and proves it. Resolves with a sentence of what it answers. */
async function proveSafe(registry: Registry, instrument: WatchedInstrument): Promise<string> {
  switch (instrument.kind) {
    case 'source': {
      await using source = await registry.connectSource(instrument.config);
      await source.turnOff();
      return `RF of the ${source.role} is off, as it answers.`;
    }
    case 'stage': {
      await using stage = await registry.connectStage(instrument.config);
      await stage.stop();
      return `The ${stage.role} stands, and reports ${placeText(await stage.readPosition())}.`;
    }
    case 'mount': {
      await using mount = await registry.connectMount(instrument.config);
      await mount.stop();
      return `The plates of the ${mount.role} stand.`;
    }
  }
}

const placeText = (positionMm: PositionMm): string =>
  `${Object.entries(positionMm)
    .map(([axis, mm]) => `${axis} ${roundedText(mm, 3)}`)
    .join(', ')} mm`;

async function sendBlindly(registry: Registry, instrument: WatchedInstrument): Promise<boolean> {
  try {
    await registry.sendSafeOrder(instrument);
    return true;
  } catch {
    return false; // the attempt to connect says what stands against it
  }
}

const advice = {
  source: 'Switch RF off at its front panel, or take its power, before anybody touches the chain.',
  stage: 'If it moves, press its emergency stop.',
  mount: 'If a plate moves, cut the power of the mounts.',
} as const;

const unproven = ({kind, config}: WatchedInstrument, {message}: BenchError, isSent: boolean): Result => ({
  outcome: isSent ? 'not-proven' : 'not-reached',
  text: `The ${config.role} could not be proven ${kind === 'source' ? 'off' : 'at rest'}: ${message} ${
    isSent ? 'Its stop order was sent without an answer.' : 'Nothing was sent to it.'
  } ${advice[kind]}`,
});
