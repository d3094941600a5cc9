import {Worker} from 'node:worker_threads';
import {moduleUrl} from '../base/module-url.ts';
import {Listeners} from './byte-line.ts';
import {powersAt, type DetectorPlane} from './optics-model.ts';
import type {OpticsReply, OpticsRequest, OpticsWorkerData} from './optics-worker.ts';
import type {MountedObject, Scene} from './scene.ts';
import type {PlateStand} from './scene-truth.ts';
import {followFromMm, followFromRatio} from './scene-light.ts';

/** `Omit` that keeps the members of a union apart. */
type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/**
 * The light of a real design: field at the output plane by Rayleigh-Sommerfeld in a worker thread, kept as the
 * complex amplitude that the probe sees, and interpolated anywhere (error: see interpolateField).
 */
export class OpticalScene implements Scene {
  readonly frequenciesHz: readonly number[];
  /** Resolves when the bench is lit for the first time, with nothing mounted. */
  readonly ready: Promise<void>;
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    {resolve: (plane: DetectorPlane) => void; reject: (error: Error) => void}
  >();
  private nextId = 0;
  private seen: DetectorPlane | undefined;
  private last: {plane: DetectorPlane; xMm: number; yMm: number; power: number} | undefined;
  private wantedStands: readonly PlateStand[] | undefined;
  private settling: Promise<void> | undefined;
  private wantedZMm = 0;
  private followedZMm = 0;
  private wantedHz: number;
  private followedHz: number;
  private isFollowing = false;
  /** Calculations for objects that are put in. */
  private mountingCount = 0;
  private readonly currentListeners = new Listeners<[]>();
  private isDisposed = false;
  private hasEnded = false;

  /** `onFieldChange` is called just before the light changes. */
  private readonly onFieldChange: () => void;
  private readonly onFailure: (error: Error) => void;

  constructor(
    data: OpticsWorkerData & {readonly frequenciesHz: readonly number[]},
    onFieldChange: () => void,
    onFailure: (error: Error) => void = () => undefined,
  ) {
    this.frequenciesHz = data.frequenciesHz;
    [this.wantedHz] = data.frequenciesHz;
    [this.followedHz] = data.frequenciesHz;
    this.onFieldChange = onFieldChange;
    this.onFailure = onFailure;
    const {designFolder, truth} = data;
    this.worker = new Worker(moduleUrl('./optics-worker.ts', import.meta.url), {
      workerData: {designFolder, truth} satisfies OpticsWorkerData,
      execArgv: [],
    });
    this.worker.on('message', (reply: OpticsReply) => this.settle(reply));
    this.worker.on('error', (error) =>
      this.failAll(error instanceof Error ? error : new Error(String(error))),
    );
    this.worker.on('exit', () => {
      this.hasEnded = true;
      this.failAll(new Error('The optics thread has ended.'));
    });
    this.ready = this.mountObject(null);
    // A caller that awaits it gets the error; without one it must not end the process.
    this.ready.catch((error: Error) => {
      if (!this.isDisposed) this.onFailure(error);
    });
  }

  powerAt(xMm: number, yMm: number): number {
    if (!this.seen) return 0;
    // The lock-in asks many times while the stage stands: the same place under the same light gives the same power.
    const {last} = this;
    if (last?.plane === this.seen && last.xMm === xMm && last.yMm === yMm) return last.power;
    const plane = this.seen;
    const [power] = powersAt(plane, [xMm], [yMm]);
    this.last = {plane, xMm, yMm, power};
    return power;
  }

  get isCurrent(): boolean {
    if (!this.seen) return true;
    return this.mountingCount === 0 && this.settling === undefined && !this.isFollowing && this.hasFollowed;
  }
  onCurrent(listener: () => void): () => void {
    return this.currentListeners.add(listener);
  }
  private get isAtDetector(): boolean {
    return Math.abs(this.wantedZMm - this.followedZMm) < followFromMm;
  }
  private get hasFollowed(): boolean {
    return this.isAtDetector && Math.abs(this.wantedHz / this.followedHz - 1) < followFromRatio;
  }
  private notifyIfCurrent(): void {
    if (this.isCurrent) this.currentListeners.emit();
  }

  async mountObject(object: MountedObject | null): Promise<void> {
    this.mountingCount++;
    try {
      this.replace(await this.ask({kind: 'object', object}));
    } finally {
      this.mountingCount--;
      this.notifyIfCurrent();
    }
  }

  /** One calculation at a time: what was asked meanwhile is one more, for the last of it. */
  async setPlates(stands: readonly PlateStand[]): Promise<void> {
    this.wantedStands = stands;
    await (this.settling ??= this.settlePlates());
  }
  private async settlePlates(): Promise<void> {
    try {
      for (let stands = this.wantedStands; stands; stands = this.wantedStands) {
        this.wantedStands = undefined;
        this.replace(await this.ask({kind: 'plates', stands}));
      }
    } finally {
      // In the turn in which the last was looked for, so that none is overlooked.
      this.settling = undefined;
      this.notifyIfCurrent();
    }
  }

  noticeDetectorZ(zMm: number): void {
    this.wantedZMm = zMm;
    this.follow();
  }

  noticeFrequency(frequencyHz: number): void {
    this.wantedHz = frequencyHz;
    this.follow();
  }

  /** One calculation at a time; where the detector or the source has gone meanwhile is next. */
  private follow(): void {
    if (this.hasFollowed || this.isFollowing || this.isDisposed) return;
    const [zMm, frequencyHz] = [this.wantedZMm, this.wantedHz];
    this.isFollowing = true;
    const isMoved = !this.isAtDetector;
    this.ask(isMoved ? {kind: 'detector-z', zMm} : {kind: 'frequency', frequencyHz})
      .then(
        (plane) => this.replace(plane),
        (error: unknown) => {
          if (!this.isDisposed) this.onFailure(error instanceof Error ? error : new Error(String(error)));
        },
      )
      .finally(() => {
        this.isFollowing = false;
        // Also after a failure, which has been reported: the bench goes on with the light that it has.
        if (isMoved) this.followedZMm = zMm;
        else this.followedHz = frequencyHz;
        this.follow();
        this.notifyIfCurrent();
      });
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await this.worker.terminate();
  }

  private replace(plane: DetectorPlane): void {
    this.onFieldChange();
    this.seen = plane;
  }

  private ask(request: WithoutId<OpticsRequest>): Promise<DetectorPlane> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      if (this.isDisposed) return reject(new Error('The virtual bench is closed.'));
      if (this.hasEnded) return reject(new Error('The optics thread has ended.'));
      this.waiting.set(id, {resolve, reject});
      this.worker.postMessage({...request, id});
    });
  }
  private settle(reply: OpticsReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === 'plane') waiting?.resolve(reply.result);
    else waiting?.reject(new Error(reply.message));
  }
  private failAll(error: Error): void {
    for (const {reject} of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
