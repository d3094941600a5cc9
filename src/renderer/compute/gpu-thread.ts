import type {GpuCall, GpuReply} from './gpu-messages.ts';

/** The thread of this window that has the GPU. */
export interface GpuThread {
  send(call: GpuCall): void;
  end(): void;
}

/** Starts it; a thread that cannot run says that it has ended, too. */
export function startGpuThread(onReply: (reply: GpuReply) => void): GpuThread {
  const worker = new Worker(new URL('./gpu-worker.ts', import.meta.url), {type: 'module'});
  worker.addEventListener('message', ({data}: MessageEvent<GpuReply>) => onReply(data));
  worker.addEventListener('error', () =>
    onReply({kind: 'ended', reason: 'the thread of the window that has the GPU could not be started'}),
  );
  return {send: (call) => worker.postMessage(call), end: () => worker.terminate()};
}

let found: Promise<string | null> | undefined;

/**
 * Name of the GPU that the browser lends, null without one: asked for once. By a thread, because a browser writes a
 * warning to the console of a page that asks in vain.
 */
export async function findGpu(): Promise<string | null> {
  // Absent in old browsers and in pages that come over a plain connection from another computer.
  if (!('gpu' in navigator)) return null;
  return await (found ??= lookForGpu());
}

function lookForGpu(): Promise<string | null> {
  return new Promise((resolve) => {
    const thread = startGpuThread((reply) => {
      thread.end();
      resolve(reply.kind === 'found' ? reply.name : null);
    });
    thread.send({kind: 'look'});
  });
}
