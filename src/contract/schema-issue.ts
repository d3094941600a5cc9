import type {z} from 'zod';

/** The first thing that a schema found wrong: `field layers.0.zMm: expected number`. */
export function firstIssueText(error: z.ZodError): string {
  const [issue] = error.issues;
  return `field ${issue.path.join('.') || '(top)'}: ${issue.message}`;
}
