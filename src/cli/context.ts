import type {Output} from './output/index.ts';

/** What every command gets. */
export interface CliContext {
  readonly output: Output;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}
