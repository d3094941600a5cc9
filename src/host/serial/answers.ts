import type {CommandReply, ExchangeOptions} from '../../contract/link.ts';

/** What an exchange does with each line and block that arrives while it waits. */
export interface AnswerReceiver {
  onLine(line: string): void;
  onBlock(bytes: Uint8Array): void;
}

/** Puts one answer together from what arrives; calls `done` when it is whole. One receiver serves one exchange. */
export type Answer<T> = (done: (value: T) => void) => AnswerReceiver;

const ignored = (): void => undefined;

export const oneLine: Answer<string> = (done) => ({onLine: done, onBlock: ignored});

/** Throws away every line up to the known answer. */
export const linesUpTo =
  (reply: string): Answer<string> =>
  (done) => ({
    onLine: (line) => (line.trim() === reply.trim() ? done(line) : undefined),
    onBlock: ignored,
  });

export const severalLines =
  (count: number): Answer<readonly string[]> =>
  (done) => {
    const lines: string[] = [];
    return {
      onLine(line) {
        lines.push(line);
        if (lines.length === count) done(lines);
      },
      onBlock: ignored,
    };
  };

export const oneBlock: Answer<Uint8Array> = (done) => ({onLine: ignored, onBlock: done});

export interface ResponseRules {
  /** True for a line that answers, false for a pushed one. */
  readonly isResponse: (line: string) => boolean;
  readonly isAnswer: ExchangeOptions['isAnswer'];
  /** A response to an earlier line, which is passed over. */
  readonly onLate: (line: string) => void;
}

/** The response of the streamed style, with the lines pushed before it. */
export const oneResponse =
  ({isResponse, isAnswer, onLate}: ResponseRules): Answer<CommandReply> =>
  (done) => {
    const pushed: string[] = [];
    return {
      onLine(line) {
        if (!isResponse(line)) return void pushed.push(line);
        const verdict = isAnswer?.(line);
        if (verdict === 'part') return;
        if (verdict === false) return onLate(line);
        done({response: line, pushed});
      },
      onBlock: ignored,
    };
  };
