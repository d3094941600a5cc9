import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {followAlignment} from '../follow-alignment.ts';
import {attendance, followRun} from '../follow-run.ts';
import {openHostClient, type HostConnection} from '../host-client.ts';
import {finishCorrection, type CorrectOutcome} from '../output/correction-summary.ts';
import {settingsPolicyFrom} from '../settings-options.ts';
import {reportStart, useBench} from '../use-bench.ts';
import {
  alignChoicesFrom,
  gridReader,
  measurementFrom,
  measureObjects,
  type AlignCliOptions,
} from './align-options.ts';

/** Measures unless a session is named, aligns, moves the mounted plates, measures again: all on one open bench. */
export async function correct(options: AlignCliOptions, context: CliContext): Promise<void> {
  settingsPolicyFrom(options);
  const readGrid = await gridReader(context, options);
  await using connection = await openHostClient(context, {
    store: 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  const measurement = await measurementFrom(client, options, readGrid);
  await reportStart(client, context);
  const known =
    options.session === undefined ? undefined : await client.sessions.find({start: options.session});
  // The virtual bench that was measured, whatever other seed is the default.
  const seed = known?.benchSeed ?? options.seed;
  await using closing = new AsyncDisposableStack();
  closing.use(await useBench(connection, context, {...options, seed}));
  const {bench, instruments} = await client.bench.status({});
  if (!instruments.some(({kind}) => kind === 'mount'))
    throw new BenchError(
      'plan/invalid',
      `The bench ${bench.name} has no motorised mounts of plates. Nothing was measured and nothing moved; name them in the bench file (mount:), give --mounts on the virtual bench, or align without --correct and move the plates by hand.`,
    );
  const sessionUid = known?.uid ?? (await measureObjects(connection, context, options, measurement));
  const request = {sessionUid, takesAllPlanes: known === undefined, ...alignChoicesFrom(options)};
  const {alignmentUid, result} = await followAlignment(client, context, request);
  const found = {sessionUid, uid: alignmentUid, result};
  finishCorrection(context.output, {
    ...found,
    ...(alignmentUid === null
      ? {plan: null, corrected: null}
      : await correctBy(connection, context, options, alignmentUid)),
  });
}

/** Moves and measures again, unless there is nothing to move or the moves are refused. */
async function correctBy(
  connection: HostConnection,
  context: CliContext,
  options: AlignCliOptions,
  alignmentUid: string,
): Promise<Pick<CorrectOutcome, 'plan' | 'corrected'>> {
  const {client} = connection;
  const {allowDoubtful = false} = options;
  const plan = await client.correction.plan({alignmentUid, allowDoubtful}, {signal: context.signal});
  if (plan.problem !== null || plan.moves.length === 0) return {plan, corrected: null};
  let id = '';
  const endedEarly = await followRun(connection, context, async () => {
    const started = await client.correction.correctAndCheck({
      alignmentUid,
      allowDoubtful,
      onSettings: settingsPolicyFrom(options),
      ...attendance(context),
      ...alignChoicesFrom(options),
    });
    ({id} = started);
    return started;
  });
  if (endedEarly !== null) throw endedEarly;
  return {plan, corrected: await client.correction.outcome({id})};
}
