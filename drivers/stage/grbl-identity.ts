import type {CallOptions, DeviceIdentity} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {anotherInstrument, proveSame, type KnownInstrument, type Link} from '../kit/index.ts';
import type {GrblController} from './grbl-controller.ts';
import {bannerPattern} from './grbl-greeting.ts';

const probeTimeoutMs = 500;
/** Between two questions of a controller that cannot answer now, ms. */
const busyPauseMs = 200;
/** GRBL's `error:8`: only when idle or locked. */
const notIdle = /^error:\s*8$/i;

/** Version and options of the firmware, and the name that `$I=NAME` has given to the controller. */
const isBuildLine = (line: string): boolean => /^\[(VER|OPT):/.test(line);

/** What a controller says of itself; `text` holds banner, version, name and options. */
export function grblIdentityFrom(banner: string, build: readonly string[]): DeviceIdentity {
  const version = build.find((line) => line.startsWith('[VER:')) ?? '';
  const [, number = '', name = ''] = /^\[VER:([^:\]]*):?([^\]]*)\]/.exec(version) ?? [];
  const [printed = '', release = ''] = banner.split(/\s+/);
  const firmware = build
    .map((line) => /^\[FIRMWARE:([^\]]*)\]/i.exec(line)?.[1])
    .find((text) => text !== undefined);
  const product = firmware ?? printed;
  return {
    maker: product,
    model: `${product.toUpperCase() === 'GRBL' ? 'GRBL' : product} ${release}`,
    serialNumber: name,
    firmware: number === '' ? release : number,
    text: [banner, ...build.filter(isBuildLine)].join(' '),
  };
}

/** Version lines; a firmware that knows no `$I` is known by its banner alone. */
export async function readBuild(
  controller: GrblController,
  options: CallOptions,
): Promise<readonly string[]> {
  try {
    return (await controller.command('$I', options)).pushed;
  } catch (error) {
    if (hasCode(error, 'device/refused')) return [];
    throw error;
  }
}

/**
 * Asks `$I` until the controller has said that it is the known one; sends nothing else. A controller that moves, holds or
 * checks answers `error:8` and is asked again until it rests. Resolves also for one at its own USB adapter that cannot say it
 * now: that one may be braked and reset, and is compared then. Throws `device/wrong-instrument`, `port/timeout`, and
 * `device/refused` for one that has not come to rest.
 */
export async function proveSameGrbl(
  link: Link,
  known: KnownInstrument,
  {signal}: CallOptions,
): Promise<void> {
  const expected = known.identity.text;
  // Where opening resets the board its banner comes by itself.
  let banner = '';
  const unsubscribe = link.onPush((line) => {
    if (bannerPattern.test(line)) banner = line;
  });
  const endMs = link.clock.nowMs() + link.limitMs(link.settings.bootWaitMs);
  const ask = async (): Promise<string> => {
    const answer = await askBuild(link, {signal, endMs});
    return isBusyAnswer(answer) ? answer : `${banner} ${answer}`.trim();
  };
  const isSame = (answer: string): boolean =>
    isBusyAnswer(answer) || answer === expected || answer === buildIn(expected);
  try {
    while (isBusyAnswer(await proveSame(link, known, {asked: '$I', ask, isSame}))) {
      if (known.isAtOwnAdapter) return;
      if (link.clock.nowMs() > endMs) throw stillBusy(link, known);
      await link.clock.sleepMs(busyPauseMs, {signal});
    }
  } catch (error) {
    // After a limit alarm nothing but a reset is answered.
    if (!known.isAtOwnAdapter || !hasCode(error, 'port/timeout')) throw error;
  } finally {
    unsubscribe();
  }
}

const isBusyAnswer = (answer: string): boolean => notIdle.test(answer);

/** Version and options as `grblIdentityFrom` has put them into the text of an identity. */
const buildIn = (text: string): string => (text.match(/\[(?:VER|OPT):[^\]]*\]/g) ?? []).join(' ');

/** Version and options, or the refusal `error:8`; '' of a firmware that knows no `$I`. Asked again until `endMs`. */
async function askBuild(
  link: Link,
  {signal, endMs}: {readonly signal: AbortSignal | undefined; readonly endMs: number},
): Promise<string> {
  for (;;) {
    try {
      const {response, pushed} = await link.command('$I', {signal, timeoutMs: probeTimeoutMs});
      if (isBusyAnswer(response)) return response;
      return response === 'ok' ? pushed.filter(isBuildLine).join(' ') : '';
    } catch (error) {
      if (!hasCode(error, 'port/timeout') || link.clock.nowMs() > endMs) throw error;
    }
  }
}

/** Compares everything that the controller has said, its banner included. Throws `device/wrong-instrument`. */
export function assertSameGrbl(known: KnownInstrument, found: DeviceIdentity, link: Link): void {
  if (found.text !== known.identity.text) throw anotherInstrument(known, link.name, found.text);
}

const stillBusy = (link: Link, {role}: KnownInstrument): BenchError =>
  new BenchError(
    'device/refused',
    `The controller at ${link.name} answers as the ${role} does, but moves, holds or checks, and cannot say who it is until it ` +
      'rests. Nothing but that question was sent to it, so it was not stopped either: if it moves and should not, press its ' +
      'emergency stop. A controller that holds is freed by closing the bench and opening it again, which resets it.',
    {details: {port: link.name}},
  );
