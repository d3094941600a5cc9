import type {LiveServices} from '../bench-service/live-bench.ts';
import {listDrivers} from '../instruments/open-instrument.ts';
import {os} from './procedures.ts';

/** Parameters and actions of the instruments, by name. */
export const instrumentsApi = ({bench}: LiveServices) => ({
  list: os.instruments.list.handler(() => {
    const drivers = listDrivers();
    return bench.instruments().map(({kind, role, driver, device}) => {
      const info = drivers.find(({name}) => name === driver);
      // What is connected knows its limits better than its declaration does.
      const {parameters = [], actions = [], columns = []} = device ?? info ?? {};
      return {
        role,
        kind,
        driver,
        title: info?.title ?? driver,
        parameters: [...parameters],
        mainParameters: [...(info?.mainParameters ?? [])],
        actions: [...actions],
        columns: [...columns],
      };
    });
  }),
  drivers: os.instruments.drivers.handler(() =>
    listDrivers().map(({name, kind, model, title, identity, manual}) => ({
      name,
      kind,
      model,
      title,
      identity,
      manual,
    })),
  ),
  read: os.instruments.read.handler(async ({input}) => ({
    values: {...(await bench.manual.read(input.role))},
    utc: new Date().toISOString(),
  })),
  set: os.instruments.set.handler(async ({input: {role, name, value}}) => ({
    value: await bench.manual.set(role, name, value),
  })),
  call: os.instruments.call.handler(async ({input: {role, action, args}, context}) => ({
    result: await bench.manual.call(role, action, args, context.operator() || context.client),
  })),
  connect: os.instruments.connect.handler(async ({input}) => {
    await bench.connect(input.role);
    return {};
  }),
  disconnect: os.instruments.disconnect.handler(async ({input}) => {
    await bench.disconnect(input.role);
    return {};
  }),
});
