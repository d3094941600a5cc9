import {fork} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';
import {moduleUrl} from '../base/module-url.ts';
import type {ControlMessage, ControlRequest} from './control.ts';

/** Where a virtual bench runs, as its owner sees it: a process or a thread. */
export interface BenchHome {
  readonly pid: number | undefined;
  readonly isOpen: boolean;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<void>;
  onMessage(listener: (message: ControlMessage) => void): void;
  /** Called with each sentence of the bench for a person. */
  onText(listener: (text: string) => void): void;
  /** `onFailure` is called when the message cannot be delivered. */
  send(request: ControlRequest, onFailure: (error: Error) => void): void;
  /** Asks it to end. */
  dismiss(): void;
  kill(): void;
}

/**
 * `D2NN_BENCH_VIRTUAL=thread` puts virtual benches into threads. Electron always does: its program cannot be started
 * again as a plain Node (the RunAsNode fuse is off), so that nobody else can use it as one.
 */
export const prefersThread = (): boolean =>
  process.versions['electron'] !== undefined || process.env['D2NN_BENCH_VIRTUAL'] === 'thread';

export function startProcess(argv: readonly string[]): BenchHome {
  const child = fork(fileURLToPath(moduleUrl('./main.ts', import.meta.url)), argv, {
    execPath: process.execPath,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return {
    pid: child.pid,
    get isOpen() {
      return child.connected;
    },
    ended: new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    }),
    onMessage: (listener) => child.on('message', (message) => listener(message as ControlMessage)),
    onText: (listener) => child.stderr?.setEncoding('utf8').on('data', listener),
    send: (request, onFailure) => {
      child.send(request, (error) => {
        if (error) onFailure(error);
      });
    },
    dismiss: () => {
      if (child.connected) child.disconnect();
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Serial instruments come by TCP: the pseudo-terminals' native code is for processes. */
export function startThread(argv: readonly string[]): BenchHome {
  const worker = new Worker(moduleUrl('./thread.ts', import.meta.url), {
    workerData: [...argv, '--tcp'],
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  // What it prints is for a person at a terminal; unread it would pile up.
  worker.stdout.resume();
  worker.stderr.setEncoding('utf8').resume();
  let isOpen = true;
  let lastError = '';
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      isOpen = false;
      resolve();
    });
    worker.on('error', (error) => (lastError = error instanceof Error ? error.message : String(error)));
  });
  return {
    pid: undefined,
    get isOpen() {
      return isOpen;
    },
    ended,
    onMessage: (listener) => worker.on('message', (message: ControlMessage) => listener(message)),
    onText: (listener) => {
      worker.stderr.on('data', listener);
      worker.once('exit', () => listener(lastError));
    },
    send: (request) => worker.postMessage(request),
    dismiss: () => worker.postMessage({type: 'end'} satisfies ControlRequest),
    kill: () => void worker.terminate(),
  };
}
