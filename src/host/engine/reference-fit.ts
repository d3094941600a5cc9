import {BenchError} from '../../contract/errors.ts';
import type {HandlerContext} from './handler-context.ts';
import type {DeviceSettings} from './run-documents.ts';

/** A chopper wanders, and so does the reading of its frequency. */
const toleranceRatio = 0.01;
/** After RF came on the reference needs some periods to be locked. */
const mostLooks = 4;
const restMs = 500;

/**
 * With RF on, the frequency that a lock-in follows must be the one that the source chops with: what it reads is of
 * another signal else. Throws `device/not-valid`. Does not throw where one of the two is not known.
 */
export async function assertReferenceFits(
  all: readonly DeviceSettings[],
  context: HandlerContext,
): Promise<void> {
  const chop = all.find(({device}) => device.kind === 'source' && context.bench.sourcesOn.has(device.role));
  const chopHz = chop?.settings['chop'] === 'internal' ? chop.settings['modulationHz'] : undefined;
  if (typeof chopHz !== 'number') return;
  for (const {device, settings} of all) {
    if (device.kind !== 'detector') continue;
    let followedHz = settings['referenceFrequencyHz'];
    for (let look = 1; typeof followedHz === 'number' && !fits(followedHz, chopHz); look++) {
      if (look === mostLooks)
        throw new BenchError(
          'device/not-valid',
          `${device.role} follows ${followedHz} Hz as its reference, but the source chops at ${chopHz} Hz: what it reads is ` +
            'not the beam. Nothing was stored; check which cable is on its reference input, and modulationHz of the bench file.',
          {details: {followedHz, chopHz}},
        );
      await context.wait(restMs, `reference of ${device.role}`);
      followedHz = (await device.readSettings(context.callOf(device.role)))['referenceFrequencyHz'];
    }
  }
}

const fits = (followedHz: number, chopHz: number): boolean =>
  Math.abs(followedHz / chopHz - 1) <= toleranceRatio;
