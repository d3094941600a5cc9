import type {AxisName, PositionMm} from '../../contract/devices.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {os} from './procedures.ts';

/** Only the axes that were given. */
const positionFrom = (given: {readonly [K in AxisName]?: number | undefined}): PositionMm =>
  Object.fromEntries(Object.entries(given).filter(([, mm]) => mm !== undefined));

/** Moving by hand. */
export const stageApi = ({bench}: LiveServices) => ({
  preview: os.stage.preview.handler(({input}) => bench.manual.preview(positionFrom(input.targetMm))),
  moveTo: os.stage.moveTo.handler(async ({input}) => ({
    positionMm: await bench.manual.moveTo(positionFrom(input.targetMm)),
  })),
  home: os.stage.home.handler(async () => ({positionMm: await bench.manual.home()})),
  trustPosition: os.stage.trustPosition.handler(async ({input, context}) => {
    const word = await bench.manual.trustPosition(positionFrom(input.reportedMm));
    context.audit({
      action: 'trust-position',
      actor: context.operator() || context.client,
      subject: 'stage.trustPosition',
      details: {...word},
    });
    return {...word};
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
        actor: context.operator() || context.client,
        subject: 'stage.jogHold',
        details: {direction: input.direction, speedMmPerS: input.speedMmPerS},
      });
    return {};
  }),
  jogEnd: os.stage.jogEnd.handler(async ({input}) => ({
    positionMm: await bench.manual.jog.end(input.pressId),
  })),
});
