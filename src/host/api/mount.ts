import type {PlateAxis, PlateOffset, PlateState} from '../../contract/devices.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import * as one from '../instruments/one-mount.ts';
import {actorOf, auditStop, hooksFor, targetFor} from './at-instrument.ts';
import {os} from './procedures.ts';

/** Only the axes that were given. */
const offsetFrom = (given: {readonly [K in PlateAxis]?: number | undefined}): PlateOffset =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

const answerFrom = (states: readonly PlateState[], notices: string[] = []) => ({
  plates: states.map(({plate, offset, isMoving, problem, unproven}) => ({
    plate,
    offset: {...offset},
    isMoving,
    problem,
    ...(unproven && {unproven: {...unproven}}),
  })),
  notices,
});

/** Mounted plates by hand: those of the open bench, or of mounts that are opened for the call. */
export const mountApi = (services: LiveServices) => {
  const {bench} = services;
  return {
    preview: os.mount.preview.handler(async ({input: {plate, target}}) => {
      const preview = await bench.manual.mount.preview(plate, offsetFrom(target));
      return {...preview, from: {...preview.from}, target: {...preview.target}};
    }),
    moveTo: os.mount.moveTo.handler(async ({input: {at, plate, target, why}, context, signal}) => {
      const notices: string[] = [];
      const hooks = hooksFor(services, context, {signal, notices});
      const to = offsetFrom(target);
      const offset = at
        ? await one.moveMountedPlate(targetFor(at, context), {plate, to, why}, hooks)
        : await bench.manual.mount.moveTo(plate, to, {...hooks, why});
      return {offset: {...offset}, notices};
    }),
    where: os.mount.where.handler(async ({input: {at}, context, signal}) =>
      answerFrom(
        at
          ? await one.wherePlates(targetFor(at, context), hooksFor(services, context, {signal}))
          : await bench.manual.mount.states(),
      ),
    ),
    stop: os.mount.stop.handler(async ({input: {at}, context}) => {
      const states = at
        ? await one.stopPlates(targetFor(at, context), hooksFor(services, context, {}))
        : await bench.manual.mount.stop();
      auditStop(context, 'stop-mounts');
      return answerFrom(states);
    }),
    home: os.mount.home.handler(async ({input: {at, plate, axis}, context, signal}) => {
      const notices: string[] = [];
      if (at) {
        const hooks = hooksFor(services, context, {signal, notices});
        return answerFrom(await one.homeMountedPlate(targetFor(at, context), {plate, axis}, hooks), notices);
      }
      await bench.manual.mount.home(plate, axis, actorOf(context));
      return answerFrom(await bench.manual.mount.states());
    }),
    undoCorrection: os.mount.undoCorrection.handler(({input: {at, uid}, context, signal}) =>
      one.undoMountCorrection(targetFor(at, context), uid, hooksFor(services, context, {signal})),
    ),
    trustPosition: os.mount.trustPosition.handler(async ({input: {at, plate, shown}, context, signal}) => {
      const place = offsetFrom(shown);
      if (at) {
        const hooks = hooksFor(services, context, {signal});
        return answerFrom(await one.trustMountedPlate(targetFor(at, context), {plate, shown: place}, hooks));
      }
      await bench.manual.mount.trustPosition(plate, place, actorOf(context));
      return answerFrom(await bench.manual.mount.states());
    }),
    clearFaults: os.mount.clearFaults.handler(async ({input: {at, plate}, context, signal}) => {
      if (at)
        return answerFrom(
          await one.clearPlateFaults(targetFor(at, context), plate, hooksFor(services, context, {signal})),
        );
      return answerFrom(await bench.manual.mount.clearFaults(plate).then(() => bench.manual.mount.states()));
    }),
  };
};
