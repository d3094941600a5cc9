import type {BenchFile} from '../../contract/bench-file.ts';
import type {Design} from '../../twin/design/load.ts';
import type {OnceMessage} from './run-once.ts';

/** What is read and understood on a thread of its own: by name, what it is given and what it answers. */
export interface ReadingKinds {
  readonly benchFile: {readonly input: {readonly path: string}; readonly output: BenchFile};
  /** Content of a plan: a file, or the text itself. */
  readonly plan: {
    readonly input: {readonly path: string} | {readonly text: string};
    readonly output: unknown;
  };
  readonly design: {readonly input: {readonly folder: string}; readonly output: Design};
}

export type ReadingRequest = {
  [Kind in keyof ReadingKinds]: {readonly kind: Kind; readonly input: ReadingKinds[Kind]['input']};
}[keyof ReadingKinds];

export type ReadingMessage = OnceMessage<never, unknown>;
