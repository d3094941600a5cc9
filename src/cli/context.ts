import type {Output} from './output/index.ts';

/** Where a person types, if there is one. */
export type TerminalInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** What every command gets. */
export interface CliContext {
  readonly output: Output;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: TerminalInput;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** A running host that was asked for; undefined lets the command use one of its own in this process. */
  readonly host: () => HostAddress | undefined;
  /** The program ends with this code although nothing was thrown. */
  endWith(code: number): void;
}

/** Address and token of a running host. */
export interface HostAddress {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly token: string;
}
