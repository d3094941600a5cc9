import {moduleUrl} from '../../base/module-url.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import type {AlignOptions, AlignProgress} from '../../twin/alignment/align.ts';
import {onThread} from '../threads/run-once.ts';

export interface AlignDataRequest {
  /** Of `data.json`. */
  readonly folder: string;
  readonly free: readonly string[];
  readonly orientation: NonNullable<AlignOptions['orientation']>;
  readonly plateOptics?: AlignOptions['plateOptics'];
}

/**
 * Aligns planes that were measured elsewhere, read and computed on threads of its own; an abort ends them. Throws what
 * `readAlignmentData` and `alignPlanes` throw.
 */
export const alignDataApart = onThread<AlignDataRequest, AlignmentResult, AlignProgress>(
  moduleUrl('./align-data-worker.ts', import.meta.url),
  'The thread that aligns has ended. Nothing was stored.',
);
