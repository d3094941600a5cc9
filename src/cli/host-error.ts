import {ORPCError} from '@orpc/client';
import {z} from 'zod';
import {wireErrorSchema} from '../contract/api/index.ts';
import {BenchError, benchErrorFrom, isBenchError, isErrorCode} from '../contract/errors.ts';

const issuesSchema = z.object({
  issues: z.array(
    z.object({message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional()}),
  ),
});

/** What a failed call says, as an error of this program: a call that was aborted has the reason of its abort. */
export function callError(error: unknown, signal: AbortSignal | undefined): BenchError {
  if (isBenchError(error)) return error;
  if (error instanceof ORPCError) {
    if (isBenchError(error.cause)) return error.cause;
    const known = wireErrorSchema.safeParse(error.data);
    if (known.success && isErrorCode(known.data.code))
      return new BenchError(known.data.code, known.data.message, {details: known.data.details, cause: error});
    const [issue] = issuesSchema.safeParse(error.data).data?.issues ?? [];
    if (issue)
      return new BenchError(
        'plan/invalid',
        `${issue.path?.join('.') ?? 'input'}: ${issue.message}. Nothing was done.`,
        {cause: error},
      );
  }
  if (signal?.aborted === true && isBenchError(signal.reason)) return signal.reason;
  return benchErrorFrom(error);
}
