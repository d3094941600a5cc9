import {BenchError, hasCode} from '../../contract/errors.ts';
import type {Msg} from '../../contract/messages.ts';
import type {OperatorQuestion} from '../../contract/questions.ts';
import {stoppedError} from './endings.ts';
import {detectorOf, valuesFromReading} from './device-values.ts';
import type {HandlerContext} from './handler-context.ts';

const defaultResidualRatio = 0.01;

type Values = Record<string, number>;
type OnOverload = NonNullable<Extract<Msg, {type: 'read'}>['onOverload']>;

/**
 * A valid reading of a detector. One that stays beyond its range is met by another range where the plan allows it, else
 * by what a person decides; where nobody can be asked it is an error.
 */
export function readDetector(role: string, onOverload: OnOverload, context: HandlerContext): Promise<Values> {
  return readSettled(role, context).catch((error: unknown) => {
    if (!hasCode(error, 'device/not-valid')) throw error;
    if (error.details['isOverload'] !== true)
      return readAfterSuspension(error, context, () => readDetector(role, onOverload, context));
    return onOverload === 'choose-range' && detectorOf(context.devices, role).autoRange
      ? readInNewRange(role, error, context)
      : askAboutOverload(role, error, context);
  });
}

/** A reading without its reference waits, where the run is to be suspended for that, and is taken again. */
async function readAfterSuspension(
  error: BenchError,
  context: HandlerContext,
  again: () => Promise<Values>,
): Promise<Values> {
  if (!(await context.suspend('reference-lock'))) throw error;
  return again();
}

async function readInNewRange(role: string, overload: BenchError, context: HandlerContext): Promise<Values> {
  context.addNote(`No valid reading (${overload.message}); the range is chosen anew at this point.`);
  await chooseRange(role, context);
  return readDetector(role, 'ask', context);
}

/** Chooses the range for the signal that is there now; what it was and what it is stands in a note of the run. */
async function chooseRange(role: string, context: HandlerContext): Promise<void> {
  const detector = detectorOf(context.devices, role);
  const {rangeParameter = '', signal, columns} = detector.declaration;
  const unit = columns.find(({name}) => name === signal.column)?.unit ?? '';
  const before = (await detector.readSettings(context.callOf(role)))[rangeParameter];
  const fullScale = await detector.autoRange?.(context.callOf(role));
  const point = context.documents.pointCount + 1;
  context.addNote(
    `Range of ${role} chosen anew at point ${point}: full scale ${fullScale} ${unit}` +
      `${typeof before === 'number' ? ` instead of ${before} ${unit}` : ''}, from this point on.`,
  );
  context.bench.unsettled.add(role);
}

const overloadChoices: OperatorQuestion['choices'] = [
  {id: 'range', label: 'Choose the range here', isEnding: false},
  {id: 'again', label: 'Go on: read again as it is', isEnding: false},
  {id: 'stop', label: 'Stop the run', isEnding: true},
];

/** The run waits at the point, stage at rest, until a person says how an overload is to be mended. */
async function askAboutOverload(role: string, first: BenchError, context: HandlerContext): Promise<Values> {
  let overload = first;
  const hasRanges = detectorOf(context.devices, role).autoRange !== undefined;
  for (;;) {
    const asked = context.ask({
      kind: 'overload',
      text: `The run waits at point ${context.documents.pointCount + 1}: ${overload.message}`,
      differences: [],
      choices: overloadChoices.filter(({id}) => id !== 'range' || hasRanges),
    });
    if (asked === undefined) throw overload;
    const choice = await asked;
    context.addNote(
      `Overload at point ${context.documents.pointCount + 1} (${overload.message}); the operator chose "${
        overloadChoices.find(({id}) => id === choice)?.label ?? choice
      }".`,
    );
    if (choice === 'stop') throw stoppedError('stopped by the operator at an overload');
    try {
      if (choice === 'range') await chooseRange(role, context);
      context.bench.unsettled.add(role);
      return await readSettled(role, context);
    } catch (error) {
      if (!hasCode(error, 'device/not-valid')) throw error;
      overload = error;
    }
  }
}

function readSettled(role: string, context: HandlerContext): Promise<Values> {
  if (context.bench.unsettled.has(role)) return settleThenRead(role, context);
  return detectorOf(context.devices, role)
    .read(context.callOf(role))
    .then(
      (reading) => valuesFromReading(reading, context.clock.nowMs()),
      (error: unknown) => {
        if (!hasCode(error, 'device/not-valid')) throw error;
        return readAgain(role, context, error);
      },
    );
}

/** A pause or a new range may have left anything in the filter. */
async function settleThenRead(role: string, context: HandlerContext): Promise<Values> {
  await context.wait(lastSettleMs(role, context), `settling of ${role}`);
  context.bench.unsettled.delete(role);
  return readSettled(role, context);
}

const lastSettleMs = (role: string, {devices, bench}: HandlerContext): number =>
  detectorOf(devices, role).settleMs(bench.residualRatios.get(role) ?? defaultResidualRatio);

/** An overload or an unlock may pass: wait, read again, and give up after the declared number of times. */
async function readAgain(role: string, context: HandlerContext, first: BenchError): Promise<Values> {
  let last = first;
  for (let attempt = 1; attempt <= context.notValidRetry.count; attempt++) {
    await context.wait(
      Math.max(context.notValidRetry.waitMs, lastSettleMs(role, context)),
      `${role} has no valid reading`,
    );
    context.signal.throwIfAborted();
    try {
      const reading = await detectorOf(context.devices, role).read(context.callOf(role));
      context.addNote(`${role} had no valid reading (${first.message}); valid at attempt ${attempt + 1}.`);
      return valuesFromReading(reading, context.clock.nowMs());
    } catch (error) {
      if (!hasCode(error, 'device/not-valid')) throw error;
      last = error;
    }
  }
  throw new BenchError(
    last.code,
    `${last.message} Tried ${context.notValidRetry.count + 1} times; nothing was stored.`,
    {
      cause: last,
      details: {...last.details, attempts: context.notValidRetry.count + 1},
    },
  );
}
