import type {z} from 'zod';

/** The first thing that a schema found wrong: `field layers.0.zMm: expected number`. */
export function firstIssueText(error: z.ZodError): string {
  return issueText(error.issues[0]);
}

/** As many wrong fields as a person takes in at once. */
const shownIssues = 5;
/** Letters of one of them. */
const longestText = 400;

/** What a schema found wrong, each with its line: `line 12, field stage.toleranceMm: ...`. */
export function issueTextsOf(
  error: z.ZodError,
  lineOf: (path: readonly PropertyKey[], key?: string) => number,
): string[] {
  const shown = error.issues.slice(0, shownIssues).map((issue) => {
    const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    return `line ${lineOf(issue.path, key)}, ${issueText(issue).slice(0, longestText)}`;
  });
  const more = error.issues.length - shown.length;
  return more > 0 ? [...shown, `${more} more`] : shown;
}

const issueText = (issue: z.core.$ZodIssue): string =>
  `field ${issue.path.join('.') || '(top)'}: ${issue.message}`;
