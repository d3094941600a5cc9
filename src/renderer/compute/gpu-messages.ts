import type {GpuOrder} from '../../contract/api/index.ts';

/** What the window says to the thread that has the GPU. */
export type GpuCall =
  /** Which GPU is there? */
  {readonly kind: 'look'} | {readonly kind: 'order'; readonly number: number; readonly order: GpuOrder};

/** What that thread answers. */
export type GpuReply =
  /** Null without any. */
  | {readonly kind: 'found'; readonly name: string | null}
  | {readonly kind: 'answer'; readonly number: number; readonly values: Float32Array}
  /** Nothing further is computed. */
  | {readonly kind: 'ended'; readonly reason: string};
