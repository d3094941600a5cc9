import type {DriverInfo} from '../../contract/instruments.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {listDrivers} from '../instruments/open-instrument.ts';
import * as one from '../instruments/one-instrument.ts';
import {actorOf, hooksFor, targetFor} from './at-instrument.ts';
import {os} from './procedures.ts';

/** Parameters and actions of the instruments, by name. */
export const instrumentsApi = (services: LiveServices) => {
  const {bench} = services;
  return {
    list: os.instruments.list.handler(() => {
      const drivers = listDrivers();
      return bench.instruments().map((own) => instrumentFrom(own, drivers));
    }),
    drivers: os.instruments.drivers.handler(() => listDrivers().map(driverFrom)),
    probe: os.instruments.probe.handler(async ({input: {at}, context, signal}) => {
      const found = await one.probeInstrument(targetFor(at, context), hooksFor(services, context, {signal}));
      return {...found, settings: {...found.settings}, reading: found.reading && {...found.reading}};
    }),
    get: os.instruments.get.handler(async ({input: {at, role, names}, context, signal}) => ({
      values: at
        ? await one.getValues(targetFor(at, context), names, hooksFor(services, context, {signal}))
        : await bench.manual.get(role, names),
    })),
    assign: os.instruments.assign.handler(async ({input: {at, role, assignments}, context, signal}) => ({
      values: at
        ? await one.setValues(targetFor(at, context), assignments, hooksFor(services, context, {signal}))
        : await bench.manual.assign(role, assignments),
    })),
    read: os.instruments.read.handler(async ({input}) => ({
      values: {...(await bench.manual.read(input.role))},
      utc: new Date().toISOString(),
    })),
    set: os.instruments.set.handler(async ({input: {role, name, value}}) => ({
      value: await bench.manual.set(role, name, value),
    })),
    call: os.instruments.call.handler(async ({input: {at, role, action, args}, context, signal}) => ({
      result: at
        ? await one.callInstrument(
            targetFor(at, context),
            {action, args},
            hooksFor(services, context, {signal}),
          )
        : await bench.manual.call(role, action, args, actorOf(context)),
    })),
    connect: os.instruments.connect.handler(async ({input}) => {
      await bench.connect(input.role);
      return {};
    }),
    disconnect: os.instruments.disconnect.handler(async ({input}) => {
      await bench.disconnect(input.role);
      return {};
    }),
  };
};

const driverFrom = (driver: DriverInfo) => ({
  ...driver,
  parameters: [...driver.parameters],
  mainParameters: [...(driver.mainParameters ?? [])],
  actions: [...driver.actions],
  columns: [...driver.columns],
});

function instrumentFrom(
  {kind, role, driver, device}: ReturnType<LiveServices['bench']['instruments']>[number],
  drivers: readonly DriverInfo[],
) {
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
}
