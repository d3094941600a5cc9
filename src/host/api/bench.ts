import {createGate} from '../../base/gate.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {portText} from '../bench/port-text.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {os} from './procedures.ts';

/** The bench: its state, its feeds, its ports. */
export const benchApi = (services: LiveServices) => {
  const {bench, hostId} = services;
  // Each check has a thread of its own.
  const checks = createGate(2);
  return {
    status: os.bench.status.handler(async ({input, signal}) => {
      await bench.changeSignal.wait({...input, signal});
      return {...services.status(), last: bench.changeSignal.count, lostCount: 0};
    }),
    open: os.bench.open.handler(async ({input}) => {
      const opened = await bench.open(input);
      if (services.remembersBench) await services.settings.change({lastBench: input});
      return opened;
    }),
    close: os.bench.close.handler(async () => ({
      problems: await bench.close('the bench was closed by hand'),
    })),
    checkFile: os.bench.checkFile.handler(async ({input, signal}) => {
      try {
        const file = await checks.run(() => readBenchFile(input.path, signal), signal);
        const {name, stage, detector, source, mount} = file;
        const text = [stage, detector, source, ...(mount ? [mount] : [])]
          .map(({role, driver, link}) => `${role}: ${driver} at ${portText(link)}`)
          .join('; ');
        return {name, text, problem: ''};
      } catch (error) {
        return {name: '', text: '', problem: benchErrorFrom(error).message};
      }
    }),
    readings: os.bench.readings.handler(async ({input, signal}) => {
      const {timeS, columns, last, lostCount} = await bench.readings.follow({...input, signal});
      const axes = bench.parts.stage?.axes ?? ['x', 'y'];
      return {
        hostId,
        last,
        lostCount,
        timeS,
        columns: columns.flatMap(({axis, ...column}) =>
          axis !== undefined && !axes.includes(axis) ? [] : [column],
        ),
      };
    }),
    wire: os.bench.wire.handler(async ({input, signal}) => ({
      hostId,
      ...(await bench.wire.follow({...input, signal})),
    })),
    ...benchPorts(services),
    answerPrompt: os.bench.answerPrompt.handler(({input}) => {
      bench.answerPrompt(input);
      return {};
    }),
  };
};

/** Which ports there are, and what answers at one. */
const benchPorts = ({bench}: LiveServices) => ({
  ports: os.bench.ports.handler(() => bench.ports.list()),
  identify: os.bench.identify.handler(async ({input}) => {
    const {found, tried} = await bench.ports.identify(input.path, input.driver);
    return {
      tried: [...tried],
      found: found && {
        path: found.port,
        driver: found.driver,
        model: found.model,
        identity: found.identity.text.trim(),
        settings: {...found.settings},
        reading: found.reading && {...found.reading},
        readingError: found.readingError,
      },
    };
  }),
});
