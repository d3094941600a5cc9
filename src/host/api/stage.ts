import type {AxisName, PositionMm} from '../../contract/devices.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import type {PositionConfirmation} from '../bench/stage-trust.ts';
import * as one from '../instruments/one-stage.ts';
import {actorOf, auditStop, hooksFor, targetFor} from './at-instrument.ts';
import {os, type ApiContext} from './procedures.ts';

/** Only the axes that were given. */
const positionFrom = (given: {readonly [K in AxisName]?: number | undefined}): PositionMm =>
  Object.fromEntries(Object.entries(given).filter(([, mm]) => mm !== undefined));

/** Moving by hand: the stage of the open bench, or one that is opened for the call. */
export const stageApi = (services: LiveServices) => {
  const {bench} = services;
  return {
    preview: os.stage.preview.handler(({input}) => bench.manual.preview(positionFrom(input.targetMm))),
    moveTo: os.stage.moveTo.handler(async ({input: {at, targetMm}, context, signal}) => ({
      positionMm: at
        ? await one.moveStage(
            targetFor(at, context),
            positionFrom(targetMm),
            hooksFor(services, context, {signal}),
          )
        : await bench.manual.moveTo(positionFrom(targetMm)),
    })),
    home: os.stage.home.handler(async ({input: {at}, context, signal}) => ({
      positionMm: at
        ? await one.homeStage(targetFor(at, context), hooksFor(services, context, {signal}))
        : await bench.manual.home(),
    })),
    where: os.stage.where.handler(({input: {at, isJudged}, context, signal}) => {
      if (!at) return bench.manual.where();
      const look = isJudged ? one.judgeStage : one.whereStage;
      return look(targetFor(at, context), hooksFor(services, context, {signal}));
    }),
    stop: os.stage.stop.handler(async ({input: {at}, context}) => {
      const positionMm = at
        ? await one.stopStage(targetFor(at, context), hooksFor(services, context, {}))
        : await bench.manual.stopStage();
      auditStop(context, 'stop-stage', {positionMm});
      return {positionMm};
    }),
    trustPosition: os.stage.trustPosition.handler(async ({input: {at, reportedMm}, context, signal}) => {
      const asked = positionFrom(reportedMm);
      const given = at
        ? await one.trustStage(targetFor(at, context), asked, hooksFor(services, context, {signal}))
        : await bench.manual.trustPosition(asked);
      auditConfirmation(context, given);
      return {...given};
    }),
    step: os.stage.step.handler(async ({input}) => ({
      positionMm: await bench.manual.step(input.axis, input.distanceMm),
    })),
    jogHold: os.stage.jogHold.handler(async ({input, context}) => {
      const isNew = await bench.manual.jog.hold(input);
      // Ten calls a second are one act of a person.
      if (isNew)
        context.audit({
          action: 'jog-stage',
          actor: actorOf(context),
          subject: 'stage.jogHold',
          details: {direction: input.direction, speedMmPerS: input.speedMmPerS},
        });
      return {};
    }),
    jogEnd: os.stage.jogEnd.handler(async ({input}) => ({
      positionMm: await bench.manual.jog.end(input.pressId),
    })),
  };
};

const auditConfirmation = (context: ApiContext, given: PositionConfirmation): void =>
  context.audit({
    action: 'trust-position',
    actor: actorOf(context),
    subject: 'stage.trustPosition',
    details: {...given},
  });
