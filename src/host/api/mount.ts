import type {PlateAxis, PlateOffset} from '../../contract/devices.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {os} from './procedures.ts';

/** Only the axes that were given. */
const offsetFrom = (given: {readonly [K in PlateAxis]?: number | undefined}): PlateOffset =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** Mounted plates by hand. */
export const mountApi = ({bench}: LiveServices) => ({
  preview: os.mount.preview.handler(async ({input: {plate, target}}) => {
    const preview = await bench.manual.mount.preview(plate, offsetFrom(target));
    return {...preview, from: {...preview.from}, target: {...preview.target}};
  }),
  moveTo: os.mount.moveTo.handler(async ({input: {plate, target}, context}) => ({
    offset: {
      ...(await bench.manual.mount.moveTo(plate, offsetFrom(target), context.operator() || context.client)),
    },
  })),
  trustPosition: os.mount.trustPosition.handler(async ({input: {plate, shown}, context}) => {
    await bench.manual.mount.trustPosition(plate, offsetFrom(shown), context.operator() || context.client);
    return {};
  }),
  clearFaults: os.mount.clearFaults.handler(async ({input: {plate}}) => {
    await bench.manual.mount.clearFaults(plate);
    return {};
  }),
});
