import {hasCode} from '../../contract/errors.ts';
import {closedInterlocks, type Interlock} from '../bench-service/interlocks.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {actorOf, hooksFor, targetFor} from './at-instrument.ts';
import {os} from './procedures.ts';

/** RF on and off, and what stands against it. */
export const sourceApi = (services: LiveServices) => {
  const {bench} = services;
  return {
    turnOn: os.source.turnOn.handler(async ({input}) => {
      await bench.manual.turnSourceOn(input);
      return {};
    }),
    turnOff: os.source.turnOff.handler(async () => {
      await bench.manual.turnSourceOff();
      return {};
    }),
    interlocks: os.source.interlocks.handler((): Interlock[] => {
      try {
        return bench.manual.interlocks();
      } catch (error) {
        if (!hasCode(error, 'bench/closed')) throw error;
        return [...closedInterlocks];
      }
    }),
    hold: os.source.hold.handler(async ({input: {holdId, at, holdMs}, context, signal}) => {
      const {state, isNew} = await bench.heldSources.hold(
        holdId,
        {target: targetFor(at, context), holdMs},
        hooksFor(services, context, {signal}),
      );
      // One call a second is one act of a person.
      if (isNew)
        context.audit({
          action: 'hold-source',
          actor: actorOf(context),
          subject: 'source.hold',
          details: {at, holdMs},
        });
      return {state: {...state}};
    }),
    holdEnd: os.source.holdEnd.handler(async ({input}) => {
      await bench.heldSources.end(input.holdId);
      return {};
    }),
  };
};
