/**
 * The terminal's side of every command. What was asked for goes to stdout, what happens meanwhile to stderr. With
 * --json everything goes to stderr, except one JSON object on the last line of stdout.
 */
import {benchErrorFrom, BenchError} from '../../contract/errors.ts';
import {exitCodeFrom, formatError, type ExitCode} from './exit-code.ts';
import {
  createBarProgress,
  createPlainProgress,
  type InterruptibleProgress,
  type Progress,
  type ProgressOptions,
} from './progress.ts';
import {formatTable, plainText, type TableColumn} from './text-table.ts';

export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Whether stderr is a terminal that can draw bars. */
  readonly isTty: boolean;
  readonly json: boolean;
  /** Prints where an error came from, below its line. */
  readonly isVerbose?: boolean;
  readonly nowMs?: () => number;
}

export interface Output {
  readonly isJson: boolean;
  /** A line of the answer. */
  line(text?: string): void;
  heading(text: string): void;
  table(columns: readonly TableColumn[], rows: readonly (readonly (string | number | null)[])[]): void;
  /** A line about what is going on; never part of the answer. */
  log(text: string): void;
  progress(label: string, total: number, unit?: string): Progress;
  /** The object that --json prints; without --json nothing. Once a command, at its end. */
  result(value: unknown): void;
  /** Prints an error and gives the exit code. With --json the last line is then `{"error": {...}}`. */
  error(error: unknown): ExitCode;
}

export function createOutput(streams: OutputStreams): Output {
  const {stdout, stderr, isTty, json, isVerbose = false} = streams;
  const nowMs = streams.nowMs ?? (() => performance.now());
  // The last one is drawn; those before it wait until it ends.
  const running: InterruptibleProgress[] = [];
  let hasResult = false;
  surviveClosedPipe(stdout);
  surviveClosedPipe(stderr);

  const write = (stream: NodeJS.WritableStream, text: string): void => {
    running.at(-1)?.pause();
    stream.write(`${text}\n`);
    running.at(-1)?.resume();
  };
  const answer = json ? stderr : stdout;

  return {
    isJson: json,
    line: (text = '') => write(answer, text.split('\n').map(plainText).join('\n')),
    heading: (text) =>
      write(answer, `\n${plainText(text)}\n${'='.repeat(Array.from(plainText(text)).length)}`),
    table: (columns, rows) => write(answer, formatTable(columns, rows)),
    log: (text) => write(stderr, plainText(text)),
    progress(label, total, unit = '') {
      running.at(-1)?.pause();
      const options: ProgressOptions = {label: plainText(label), total, unit, stream: stderr, nowMs};
      const started = isTty ? createBarProgress(options) : createPlainProgress(options);
      running.push(started);
      return {
        update: (done, update) => started.update(done, update),
        end(note) {
          const at = running.indexOf(started);
          if (at === -1) return;
          const isDrawn = at === running.length - 1;
          if (!isDrawn) running.at(-1)?.pause();
          running.splice(at, 1);
          started.end(note);
          running.at(-1)?.resume();
        },
      };
    },
    result(value) {
      if (!json) return;
      if (hasResult) throw new BenchError('internal', 'A command may print one JSON object only.');
      hasResult = true;
      write(stdout, JSON.stringify(value));
    },
    error(error) {
      for (const progress of running.splice(0).reverse()) progress.end('stopped');
      write(stderr, formatError(error));
      if (isVerbose) write(stderr, traceOf(error));
      if (json && !hasResult) {
        hasResult = true;
        write(stdout, JSON.stringify({error: benchErrorFrom(error)}));
      }
      return exitCodeFrom(error);
    },
  };
}

/** The stack of an error and of what caused it. */
function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let at: unknown = error; at instanceof Error && lines.length < 10; at = at.cause)
    lines.push(at.stack ?? at.message);
  return lines.join('\ncaused by ');
}

/** A reader that goes away (`| head`) must not kill a process that holds a bench. Other errors stay errors. */
function surviveClosedPipe(stream: NodeJS.WritableStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}
