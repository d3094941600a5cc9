import {hasCode} from '../../contract/errors.ts';
import {closedInterlocks, type Interlock} from '../bench-service/interlocks.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {os} from './procedures.ts';

/** RF on and off, and what stands against it. */
export const sourceApi = ({bench}: LiveServices) => ({
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
});
