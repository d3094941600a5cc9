import type {Msg, Plan} from '../../../src/contract/messages.ts';

export interface Collected<Result> {
  readonly messages: Msg[];
  readonly result: Result | undefined;
  readonly error: unknown;
}

export interface ScriptedAnswers {
  /** X of the detector at a place, V. */
  readonly signalV?: (
    xMm: number,
    yMm: number,
    light: {readonly zMm: number; readonly frequencyHz: number | undefined},
  ) => number;
  /** What work away from the bench comes to. */
  readonly computed?: unknown;
  /** Thrown into the plan instead of an answer to the message. */
  readonly failAt?: (message: Msg, index: number) => Error | undefined;
}

/** Walks a plan without engine or devices: collects what it asks and answers as a bench would. */
export function collect<Result>(plan: Plan<Result>, answers: ScriptedAnswers = {}): Collected<Result> {
  const messages: Msg[] = [];
  let positionMm: Record<string, number> = {x: 0, y: 0};
  let frequencyHz: number | undefined;
  let seqNum = 0;
  let runCount = 0;
  const answerTo = (message: Msg): unknown => {
    switch (message.type) {
      case 'open-run':
        return `run-${++runCount}`;
      case 'move':
        positionMm = {...positionMm, ...message.targetMm};
        return positionMm;
      case 'read': {
        if (message.device === 'stage')
          return Object.fromEntries(
            Object.entries({z: 0, ...positionMm}).map(([axis, mm]) => [`${axis}_mm`, mm]),
          );
        const xV =
          answers.signalV?.(positionMm['x'] ?? 0, positionMm['y'] ?? 0, {
            zMm: positionMm['z'] ?? 0,
            frequencyHz,
          }) ?? 1e-3;
        return {x_v: xV, y_v: 0, r_v: Math.abs(xV), theta_deg: 0, bench_time_s: messages.length};
      }
      case 'record':
        return ++seqNum;
      case 'derive':
        return message.work();
      case 'compute':
        return answers.computed;
      case 'close-run':
      case 'declare-stream':
      case 'settle':
      case 'sleep':
        return undefined;
      case 'call':
        if (message.action === 'turn-on') frequencyHz = message.outputFrequencyHz;
        return undefined;
      case 'set':
      case 'judge-settings':
      case 'read-settings':
      case 'checkpoint':
      case 'distrust':
      case 'operator':
      case 'note':
      case 'progress':
        return undefined;
    }
  };
  try {
    let pulled = plan.next();
    while (!pulled.done) {
      const message = pulled.value;
      messages.push(message);
      const error = answers.failAt?.(message, messages.length - 1);
      pulled = error ? plan.throw(error) : plan.next(answerTo(message));
    }
    return {messages, result: pulled.value, error: undefined};
  } catch (error) {
    return {messages, result: undefined, error};
  }
}

/** The types of the messages in order, with the device action where there is one. */
export const typesOf = (messages: readonly Msg[]): string[] =>
  messages.map((message) => (message.type === 'call' ? `${message.type} ${message.action}` : message.type));
