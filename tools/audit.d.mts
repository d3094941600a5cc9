export function judgeAudit(
  stdout: string,
  shipped: ReadonlySet<string>,
): {readonly code: 0 | 1 | 2; readonly lines: readonly string[]};
