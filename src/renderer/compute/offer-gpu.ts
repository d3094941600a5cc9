import {gpuParts} from '../../contract/api/index.ts';
import {client, follow, problemFrom} from '../connection/index.ts';
import type {GpuReply} from './gpu-messages.ts';
import {startGpuThread} from './gpu-thread.ts';

/** An offer of this window's GPU; it lasts until the training that uses it ends, whichever page is shown. */
export interface GpuOffer {
  readonly gpuId: string;
  /** Takes it back: no training was begun with it. */
  readonly withdraw: () => void;
}

/** Offers the GPU to the host and computes what it orders. Throws what the host says against it. */
export async function offerGpu(name: string): Promise<GpuOffer> {
  const {id} = await client.gpu.offer({name});
  const ending = new AbortController();
  const takeBack = (reason: string): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    // An offer that nobody follows ends by itself.
    client.gpu.withdraw({id, reason}).catch(() => undefined);
  };
  const answer = async ({number, values}: Extract<GpuReply, {kind: 'answer'}>): Promise<void> => {
    for (const part of gpuParts(values)) {
      const {isTaken} = await client.gpu.answer({id, number, ...part});
      if (!isTaken) return;
    }
  };
  const thread = startGpuThread((reply) => {
    if (reply.kind === 'answer')
      answer(reply).catch((error: unknown) => takeBack(problemFrom(error).message));
    else if (reply.kind === 'ended') takeBack(reply.reason);
  });
  const onLeave = (): void => takeBack('the window that offered it is closed');
  window.addEventListener('pagehide', onLeave);
  follow({
    signal: ending.signal,
    ask: (question, call) => client.gpu.orders({...question, id}, call),
    onAnswer({last, order, ending: ended}) {
      if (ended !== null) ending.abort();
      else if (order) thread.send({kind: 'order', number: last, order});
    },
    // A host that was started anew goes on with no training by itself.
    onNewHost: () => ending.abort(),
    // The host waits for each answer: no rest between them, which a hidden window would make long.
    isFull: () => true,
  }).catch((error: unknown) => takeBack(problemFrom(error).message));
  ending.signal.addEventListener('abort', () => {
    window.removeEventListener('pagehide', onLeave);
    thread.end();
  });
  return {gpuId: id, withdraw: () => takeBack('the training was not begun')};
}
