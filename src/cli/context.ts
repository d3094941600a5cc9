/** What every command gets. */
export interface CliContext {
  readonly output: {log(text: string): void; result(value: unknown): void};
  readonly signal: AbortSignal;
  readonly argv: readonly string[];
}
