import type {RunDocument} from '../../contract/run-records.ts';

export interface RecordedNote {
  readonly text: string;
  /** Seconds since the epoch, UTC. */
  readonly time: number;
  readonly runUid?: string;
}

/**
 * Where the engine's documents go. `write` is synchronous: when it returns, the document is committed; when it
 * throws, the run ends safely with that error.
 */
export interface Recorder {
  readonly sessionUid: string;
  /** The next run number of the data folder. */
  allocateScanId(): number;
  write(document: RunDocument): void;
  addNote(note: RecordedNote): void;
}

export interface MemoryRecorder extends Recorder {
  readonly documents: RunDocument[];
  readonly notes: RecordedNote[];
}

/** Keeps everything in memory: for tests and for runs that nobody wants to keep. */
export function createMemoryRecorder(sessionUid = 'memory'): MemoryRecorder {
  const documents: RunDocument[] = [];
  const notes: RecordedNote[] = [];
  let scanId = 0;
  return {
    sessionUid,
    documents,
    notes,
    allocateScanId: () => ++scanId,
    write: (document) => void documents.push(document),
    addNote: (note) => void notes.push(note),
  };
}
