import type {LiveServices} from '../bench-service/live-bench.ts';
import {readDetector} from '../instruments/one-detector.ts';
import {hooksFor, targetFor} from './at-instrument.ts';
import {os} from './procedures.ts';

/** A detector by hand. */
export const detectorApi = (services: LiveServices) => ({
  read: os.detector.read.handler(async ({input: {at, ...request}, context, signal}) => {
    const {columns, readings} = at
      ? await readDetector(targetFor(at, context), request, hooksFor(services, context, {signal}))
      : await services.bench.manual.readDetector(request);
    return {
      columns: columns.map(({name, label, unit}) => ({name, label, unit})),
      readings: readings.map((reading) => ({...reading})),
    };
  }),
});
