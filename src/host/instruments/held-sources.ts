import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {SourceState} from '../../contract/devices.ts';
import type {SourceDevice} from '../devices/registry.ts';
import {openInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

export interface HoldRequest {
  readonly target: InstrumentTarget;
  /** RF goes off when nobody has asked for it again for so long, ms. */
  readonly holdMs: number;
}

/**
 * Sources that are held on for somebody who asks for it again and again: RF goes off when no call comes in time, so that
 * a program that dies leaves no source on.
 */
export interface HeldSources {
  /** The first call turns RF on, each one looks whether it is. Throws `device/fault` when it went off by itself. */
  hold(
    id: string,
    request: HoldRequest,
    hooks: InstrumentHooks,
  ): Promise<{readonly state: SourceState; readonly isNew: boolean}>;
  /** RF off, port free. Nothing for one that is not held any more. */
  end(id: string): Promise<void>;
  /** Ends all. Resolves with what could not be proven off, in sentences. */
  endAll(): Promise<string[]>;
}

interface Held {
  readonly device: SourceDevice;
  timer: NodeJS.Timeout | undefined;
}

/** `onProblem` gets the error when turning RF off at the end of the hold time fails. */
export function createHeldSources(onProblem: (error: BenchError) => void): HeldSources {
  const held = new Map<string, Promise<Held>>();

  const end = async (id: string): Promise<void> => {
    const opening = held.get(id);
    held.delete(id);
    // One that was never opened has nothing to be ended; whoever opened it was told.
    const own = await opening?.catch(() => undefined);
    clearTimeout(own?.timer);
    await own?.device[Symbol.asyncDispose]();
  };

  const open = async ({target}: HoldRequest, hooks: InstrumentHooks): Promise<Held> => {
    const {device} = await openInstrument(target, 'source', hooks);
    if (device.kind === 'source') {
      try {
        await device.call('turn-on', {}, hooks.signal ? {signal: hooks.signal} : {});
        return {device, timer: undefined};
      } catch (error) {
        await device[Symbol.asyncDispose]();
        throw error;
      }
    }
    await device[Symbol.asyncDispose]();
    throw new BenchError(
      'cli/usage',
      `The ${device.model} is a ${device.kind}, not a source. Nothing was sent.`,
    );
  };

  return {
    async hold(id, request, hooks) {
      const known = held.get(id);
      const opening = known ?? open(request, hooks);
      if (!known) held.set(id, opening);
      try {
        const own = await opening;
        clearTimeout(own.timer);
        own.timer = setTimeout(() => {
          end(id).catch((error: unknown) => onProblem(benchErrorFrom(error)));
        }, request.holdMs);
        const state = await own.device.readState();
        if (state.isOutputOn) return {state, isNew: !known};
        throw new BenchError(
          'device/fault',
          'The source went off while it was held on: by its front panel, an interlock or a fault. It stays off.',
        );
      } catch (error) {
        await end(id);
        throw error;
      }
    },
    end,
    async endAll() {
      const ended = await Promise.allSettled([...held.keys()].map(end));
      return ended.flatMap((outcome) =>
        outcome.status === 'rejected' ? [benchErrorFrom(outcome.reason).message] : [],
      );
    },
  };
}
