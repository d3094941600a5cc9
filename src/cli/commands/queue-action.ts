import {resolve} from 'node:path';
import {countOf, pluralOf} from '../../base/count-text.ts';
import type {QueueState} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {QueueItem} from '../../contract/queue.ts';
import {isAttended} from '../ask-prompt.ts';
import type {CliContext} from '../context.ts';
import {haltOnAbort} from '../halt-on-abort.ts';
import {openHostClient, type BenchClient} from '../host-client.ts';
import {formatDuration, type Output} from '../output/index.ts';
import {planReader} from '../plan-text.ts';
import {settingsPolicyFrom, type SettingsCliOptions} from '../settings-options.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {useBench, type BenchCliOptions} from '../use-bench.ts';

/** Values of the options of `queue add-scan`. */
export interface AddScanOptions extends SettingsCliOptions {
  readonly plan: string;
  readonly design?: string;
  readonly title?: string;
  readonly sample?: string;
  readonly purpose?: string;
  readonly setUpDetector?: boolean;
  readonly goOn?: boolean;
}

/** Values of the options of `queue add-campaign`. */
export interface AddCampaignOptions extends SettingsCliOptions {
  readonly design?: string;
  readonly digits: number;
  readonly digitSeed: number;
  readonly title?: string;
  readonly goOn?: boolean;
}

/** Values of the options of `queue run`. */
export type QueueRunOptions = BenchCliOptions & TimeoutCliOptions;

/** Prints the queue. */
export async function listQueue(context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'read-only'});
  await printQueue(connection.client, context);
}

/** Puts a scan at the end. */
export async function addScan(options: AddScanOptions, context: CliContext): Promise<void> {
  const readPlan = await planReader(context, {text: options.plan, check: (plan) => plan});
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {id} = await client.queue.add({
    job: {
      kind: 'scan',
      request: {
        plan: await readPlan(client),
        designFolder: options.design === undefined ? undefined : resolve(options.design),
        title: options.title,
        sample: options.sample,
        purpose: options.purpose,
        isDetectorSetUp: options.setUpDetector === true,
        onSettings: settingsPolicyFrom(options),
        isAttended: isAttended(context),
      },
    },
    title: options.title,
    goesOnAfterFailure: options.goOn === true,
  });
  await printQueue(client, context, id);
}

/** Puts a campaign at the end. */
export async function addCampaign(options: AddCampaignOptions, context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {id} = await client.queue.add({
    job: {
      kind: 'campaign',
      request: {
        designFolder: options.design === undefined ? undefined : resolve(options.design),
        digitCount: options.digits,
        seed: options.digitSeed,
        title: options.title,
        onSettings: settingsPolicyFrom(options),
        isAttended: isAttended(context),
      },
    },
    title: options.title,
    goesOnAfterFailure: options.goOn === true,
  });
  await printQueue(client, context, id);
}

/** Moves an item among those that wait. */
export async function moveItem(name: string, place: string, context: CliContext): Promise<void> {
  const number = Number(place);
  if (!Number.isInteger(number) || number < 1)
    throw new BenchError(
      'cli/usage',
      `${place} is no place: give a whole number from 1. Nothing was changed.`,
    );
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  await client.queue.move({id: (await itemOf(client, name)).id, place: number - 1});
  await printQueue(client, context);
}

/** Takes an item out. */
export async function removeItem(name: string, context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {id, title} = await itemOf(client, name);
  await client.queue.remove({id});
  context.output.log(`"${title}" was taken out of the queue`);
  await printQueue(client, context);
}

/** Begins nothing more. */
export async function pauseQueue(context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  await connection.client.queue.pause();
  await printQueue(connection.client, context);
}

const waitMs = 5000;

/** Goes on with the queue on the bench that is named and waits until it is through, or paused. */
export async function runQueue(options: QueueRunOptions, context: CliContext): Promise<void> {
  const {output, signal} = context;
  await using connection = await openHostClient(context, {
    store: 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  await using closing = new AsyncDisposableStack();
  closing.use(await useBench(connection, context, options));
  closing.use(haltOnAbort(client, context));
  await client.queue.resume();
  const shown = new Map<string, string>();
  let state = await client.queue.state({});
  for (;;) {
    for (const item of state.items) {
      if (shown.get(item.id) === item.state) continue;
      shown.set(item.id, item.state);
      output.log(itemText(item));
    }
    const isThrough = !state.items.some(
      (item) => item.state === 'running' || (item.state === 'waiting' && !state.isPaused),
    );
    if (isThrough) break;
    state = await client.queue.state({after: state.version, waitMs});
  }
  writeQueue(output, state);
  output.result(state);
  signal.throwIfAborted();
  if (state.isPaused) throw new BenchError('plan/stopped', `The queue is paused: ${state.pausedBecause}`);
}

async function itemOf(client: BenchClient, name: string): Promise<QueueItem> {
  const {items} = await client.queue.state({});
  const found = items.filter(({id}) => id.startsWith(name));
  if (found.length === 1) return found[0];
  throw new BenchError(
    'store/not-found',
    `${found.length === 0 ? `The queue has no item ${name}` : `${found.length} items begin with ${name}`}. Nothing was changed; queue list shows them.`,
  );
}

async function printQueue(client: BenchClient, {output}: CliContext, id?: string): Promise<void> {
  const state = await client.queue.state({});
  writeQueue(output, state);
  output.result({...(id !== undefined && {id}), ...state});
}

const itemText = ({id, title, state, reason, seconds}: QueueItem): string =>
  [
    `${id.slice(0, 8)}  ${title}: ${state}`,
    state === 'waiting' && seconds !== null ? `about ${formatDuration(seconds)}` : '',
    reason,
  ]
    .filter((part) => part !== '')
    .join(', ');

function writeQueue(output: Output, {items, isPaused, pausedBecause, secondsLeft}: QueueState): void {
  for (const item of items) output.line(itemText(item));
  const waiting = items.filter(({state}) => state === 'waiting').length;
  const time = secondsLeft === null ? '' : `, about ${formatDuration(secondsLeft)} for all`;
  output.line(`${countOf(waiting, 'item')} ${pluralOf(waiting, 'waits', 'wait')}${time}`);
  if (isPaused) output.line(`paused: ${pausedBecause}`);
}
