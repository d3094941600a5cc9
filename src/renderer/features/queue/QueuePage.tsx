import {skipToken, useQuery, useQueryClient} from '@tanstack/react-query';
import {type ReactElement, useEffect} from 'react';
import {useLocation} from 'wouter';
import {useActions} from '../../actions/actions.ts';
import type {QueueState} from '../../../contract/api/index.ts';
import type {QueueItem} from '../../../contract/queue.ts';
import {client, queries, useConnection, useStatus} from '../../connection/index.ts';
import {
  attempt,
  Button,
  Checkbox,
  countOf,
  durationText,
  EmptyState,
  Loading,
  PageHeading,
  Panel,
  StateLight,
  useRefusal,
} from '../../parts/index.ts';
import tables from '../../parts/PlainTable.module.css';
import styles from './QueuePage.module.css';

/** How often the time that is left is asked for anew, ms; a change of the run is looked at at once. */
const refreshMs = 2000;

/** What waits to be measured: order, time, what became of it. */
export function QueuePage(): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const runState = useStatus((status) => `${status?.run?.id ?? ''} ${status?.run?.state ?? ''}`);
  const queryClient = useQueryClient();
  const query = useQuery(
    queries.queue.state.queryOptions({
      input: isConnected ? {} : skipToken,
      refetchInterval: refreshMs,
    }),
  );
  const renew = (): void => void queryClient.invalidateQueries({queryKey: queries.queue.state.key()});
  useEffect(renew, [queryClient, runState]);
  const act = (work: () => Promise<unknown>): void => void attempt(work).then(renew);
  const refusal = useRefusal('operate');
  const queue = query.data;
  const isPaused = queue?.isPaused === true;
  const flip = (): void => act(() => (isPaused ? client.queue.resume() : client.queue.pause()));
  useActions([
    {
      id: 'queue.pause',
      title: isPaused ? 'Go on with the queue' : 'Begin nothing more of the queue',
      group: 'Queue',
      disabledBecause: refusal,
      run: flip,
    },
  ]);
  return (
    <div className={styles.page}>
      <PageHeading>Queue</PageHeading>
      <Panel
        title="What is measured one after the other"
        tools={
          <Button
            data-act="queue.pause"
            isCompact
            variant={isPaused ? 'primary' : 'plain'}
            isDisabled={refusal !== undefined || !queue}
            hint={
              refusal ??
              (isPaused
                ? 'Begins the first one that waits as soon as the bench is free'
                : 'What is measured now goes on to its end; nothing is begun after it')
            }
            onPress={flip}
          >
            {isPaused ? 'Go on' : 'Pause the queue'}
          </Button>
        }
      >
        <QueueContent queue={queue} problem={query.error?.message ?? ''} act={act} refusal={refusal} />
      </Panel>
    </div>
  );
}

interface QueueContentProps {
  readonly queue: QueueState | undefined;
  readonly problem: string;
  readonly act: (work: () => Promise<unknown>) => void;
  readonly refusal: string | undefined;
}

function QueueContent({queue, problem, act, refusal}: QueueContentProps): ReactElement {
  return (
    <>
      {problem !== '' && <p role="alert">{problem}</p>}
      {!queue && problem === '' && <Loading what="the queue" />}
      {queue?.isPaused === true && <StateLight light="attention" label={`Paused: ${queue.pausedBecause}`} />}
      {queue?.items.length === 0 && (
        <EmptyState
          title="Nothing waits"
          text="Add to queue, on the pages Scan and Campaign, puts what is prepared there at the end of the queue."
        />
      )}
      {queue && queue.items.length > 0 && (
        <>
          <p role="status">{leftText(queue.items, queue.secondsLeft)}</p>
          <Items items={queue.items} act={act} refusal={refusal} />
        </>
      )}
    </>
  );
}

function leftText(items: readonly QueueItem[], secondsLeft: number | null): string {
  const waiting = items.filter(({state}) => state === 'waiting').length;
  const left = `${countOf(waiting, 'item')} wait${waiting === 1 ? 's' : ''}`;
  return secondsLeft === null
    ? `${left}; how long all take is not known.`
    : `${left}; about ${durationText(secondsLeft)} for all.`;
}

const stateLabels: Readonly<Record<QueueItem['state'], string>> = {
  waiting: 'waits',
  running: 'is measured',
  done: 'done',
  failed: 'failed',
};

interface ItemsProps {
  readonly items: readonly QueueItem[];
  readonly act: (work: () => Promise<unknown>) => void;
  readonly refusal: string | undefined;
}

function Items({items, act, refusal}: ItemsProps): ReactElement {
  const waiting = items.filter(({state}) => state === 'waiting').map(({id}) => id);
  return (
    <table className={tables.table}>
      <thead>
        <tr>
          <th>What</th>
          <th>State</th>
          <th>Time</th>
          <th>When it fails</th>
          <th>Order</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Item
            key={item.id}
            item={item}
            place={waiting.indexOf(item.id)}
            count={waiting.length}
            {...{act, refusal}}
          />
        ))}
      </tbody>
    </table>
  );
}

interface ItemProps extends Omit<ItemsProps, 'items'> {
  readonly item: QueueItem;
  /** Among those that wait; -1 for others. */
  readonly place: number;
  readonly count: number;
}

/** Takes an item earlier or later. */
function Order({item: {id, title}, place, count, act, refusal}: ItemProps): ReactElement {
  const isOff = refusal !== undefined;
  return (
    <>
      <Button
        isCompact
        aria-label={`${title}: earlier`}
        isDisabled={isOff || place === 0}
        onPress={() => act(() => client.queue.move({id, place: place - 1}))}
      >
        Earlier
      </Button>
      <Button
        isCompact
        aria-label={`${title}: later`}
        isDisabled={isOff || place === count - 1}
        onPress={() => act(() => client.queue.move({id, place: place + 1}))}
      >
        Later
      </Button>
    </>
  );
}

function Item({item, place, count, act, refusal}: ItemProps): ReactElement {
  const [, navigate] = useLocation();
  const {id, title, state, reason, seconds, sessionUid} = item;
  const isOff = refusal !== undefined;
  return (
    <tr>
      <td>{title}</td>
      <td>
        {stateLabels[state]}
        {reason !== '' && `: ${reason}`}
      </td>
      <td>{seconds === null ? 'not known' : durationText(seconds)}</td>
      <td>
        {state === 'waiting' && (
          <Checkbox
            isSelected={item.goesOnAfterFailure}
            isDisabled={isOff}
            onChange={(goesOnAfterFailure) => act(() => client.queue.setGoesOn({id, goesOnAfterFailure}))}
          >
            the queue goes on
          </Checkbox>
        )}
      </td>
      <td>
        {place >= 0 && <Order item={item} place={place} count={count} act={act} refusal={refusal} />}
        {state !== 'running' && (
          <Button
            isCompact
            variant="quiet"
            aria-label={`Take ${title} out`}
            isDisabled={isOff}
            onPress={() => act(() => client.queue.remove({id}))}
          >
            Take out
          </Button>
        )}
        {sessionUid !== null && (
          <Button isCompact variant="quiet" onPress={() => navigate(`/sessions/${sessionUid}`)}>
            Open session
          </Button>
        )}
      </td>
    </tr>
  );
}
