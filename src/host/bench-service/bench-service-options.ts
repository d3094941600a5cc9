import type {DataFolder} from '../data-folder.ts';
import type {HostGuard} from '../guard/host-guard.ts';
import type {HostLog} from '../services.ts';
import type {Store} from '../store/open-store.ts';
import type {StartVirtualBench} from './open-choice.ts';

/** What the bench of a host is made of. */
export interface BenchServiceOptions {
  readonly startVirtualBench: StartVirtualBench;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
  readonly data: DataFolder;
  readonly store: Store;
  readonly log: HostLog;
  readonly guard: HostGuard;
  /** Since somebody was connected last, s; 0 while somebody is. */
  readonly absentS: () => number;
}
