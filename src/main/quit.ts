import {countOf} from '../base/count-text.ts';
import type {HostLink} from './host-link.ts';
import type {RotatingLog} from './rotating-log.ts';
import type {ShellParts} from './shell-parts.ts';

export interface QuitFlowOptions {
  readonly parts: ShellParts;
  readonly link: HostLink;
  readonly log: RotatingLog;
  /** Longest time for a safe end before the host is killed, ms. */
  readonly shutDownLimitMs: number;
  /** The host has ended: what is left is to close the windows. */
  readonly onEnd: () => Promise<void>;
}

/** The way out of the program: asks while a run is live, makes the bench safe, and tells what could not be made safe. */
export class QuitFlow {
  private readonly options: QuitFlowOptions;
  private state: 'open' | 'asking' | 'ending' | 'ended' = 'open';

  constructor(options: QuitFlowOptions) {
    this.options = options;
  }

  /** True when the windows may go: the host has ended. */
  get isOver(): boolean {
    return this.state === 'ended';
  }

  /** A person wants to quit. Resolves with false when the person would rather keep the run. */
  async ask(): Promise<boolean> {
    if (this.state !== 'open') return this.state !== 'asking';
    this.state = 'asking';
    const isAgreed = await this.isAgreed();
    // A signal may have ended the program while the box was open.
    if (this.state !== 'asking') return true;
    this.state = 'open';
    if (!isAgreed) return false;
    await this.end('the operator quits');
    return true;
  }

  /** Nobody can be asked: the machine goes down, or the program is told to end. */
  async end(reason: string): Promise<void> {
    if (this.state === 'ending' || this.state === 'ended') return;
    this.state = 'ending';
    const {parts, link, log, shutDownLimitMs, onEnd} = this.options;
    const {problems} = await link.shutDown(reason, shutDownLimitMs);
    for (const problem of problems) log.write('shell', problem);
    if (problems.length > 0)
      await parts.showMessage({
        type: 'warning',
        title: 'd2nn-bench',
        message: 'The bench may not be safe.',
        detail: problems.join('\n'),
        buttons: ['I will look at it'],
        defaultId: 0,
        cancelId: 0,
      });
    this.state = 'ended';
    await onEnd();
    parts.app.exit(problems.length > 0 ? 1 : 0);
  }

  private async isAgreed(): Promise<boolean> {
    const {parts, link} = this.options;
    if (!link.canConnect) return true;
    const answer = await link.mayQuit();
    if (answer && !answer.isLive) return true;
    const points = link.run?.pointCount;
    const kept = points === undefined ? 'its points' : countOf(points, 'point');
    const choice = await parts.showMessage({
      type: 'question',
      title: 'd2nn-bench',
      message: answer
        ? 'A run is live.'
        : 'The host does not answer, so it is not known whether a run is live.',
      detail:
        answer?.sentence ??
        'Quitting gives it some time to make the bench safe and then ends it. Points that were stored are kept.',
      buttons: answer ? [`Stop and keep ${kept}`, 'Keep running'] : ['Stop and quit', 'Wait'],
      defaultId: 1,
      cancelId: 1,
    });
    return choice === 0;
  }
}
