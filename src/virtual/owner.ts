import type {MessagePort} from 'node:worker_threads';
import {benchErrorFrom} from '../contract/errors.ts';
import type {ControlCall, ControlMessage, ControlRequest, ControlResult} from './control.ts';

/** Who has started a virtual bench, as the bench sees it. */
export interface Owner {
  send(message: ControlMessage): void;
  /** Answers every call of the owner. */
  onCall(execute: (call: ControlCall) => Promise<ControlResult>): void;
  /** Calls back when the owner wants the bench to end, or has gone. */
  onEnd(end: () => void): void;
}

/** The parent process, if it keeps a channel to this one. */
export function processOwner(): Owner | undefined {
  if (!process.connected) return undefined;
  const ended = new Promise<void>((resolve) => process.once('disconnect', resolve));
  const send = (message: ControlMessage): void => {
    // A parent that has gone takes the channel with it, and this process follows.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  return {
    send,
    onCall: (execute) => process.on('message', answerWith(execute, send)),
    onEnd: (end) => void ended.then(end),
  };
}

/** The process that runs this thread. */
export function threadOwner(port: MessagePort): Owner {
  const ended = new Promise<void>((resolve) => {
    port.on('message', (request: ControlRequest) => {
      if (request.type === 'end') resolve();
    });
    port.once('close', () => resolve());
  });
  const send = (message: ControlMessage): void => port.postMessage(message);
  return {
    send,
    onCall: (execute) => port.on('message', answerWith(execute, send)),
    onEnd: (end) => void ended.then(end),
  };
}

function answerWith(
  execute: (call: ControlCall) => Promise<ControlResult>,
  send: (message: ControlMessage) => void,
): (request: ControlRequest) => void {
  return (request) => {
    if (request?.type !== 'call') return;
    execute(request.call).then(
      (result) => send({type: 'done', id: request.id, ...(result && {result})}),
      (error: unknown) => {
        const {code, message} = benchErrorFrom(error);
        send({type: 'failed', id: request.id, message, code});
      },
    );
  };
}
