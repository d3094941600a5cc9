import type {PositionMm} from '../../contract/devices.ts';
import type {EngineState} from './events.ts';
import type {HandlerContext} from './handler-context.ts';
import {sourcesOf, stagesOf} from './safing.ts';

export interface PauseGateOptions {
  /** Whether the source goes off during a pause. Off cools it and costs the warm-up; on is chopped and below a mW. */
  readonly sourceOnPause: 'keep' | 'off';
  /** A stage that was moved by more than this during the pause is brought back, mm. */
  readonly movedMm: number;
  readonly onState: (state: EngineState, reason?: string) => void;
}

/** A pause that nobody asked for. */
export interface Suspension {
  readonly reason: string;
  readonly source: 'keep' | 'off';
  /** Resolves when the run may go on. */
  readonly released: Promise<void>;
  /**
   * Ends the looks that are made meanwhile, and resolves when none is under way: one in the middle of which a source is
   * turned on finds it on where it was off.
   */
  readonly endLooks?: () => Promise<void>;
}

/** Holds a plan at a checkpoint while it is paused, and puts the bench back as it was before it goes on. */
export class PauseGate {
  readonly #options: PauseGateOptions;
  #waiters: ((isPaused: boolean) => void)[] = [];
  #reopened: PromiseWithResolvers<void> | undefined;
  #isClosing = false;
  /** A person wants the pause, whatever else may hold the plan or let it go. */
  #isAskedFor = false;
  #heldMs = 0;

  constructor(options: PauseGateOptions) {
    this.#options = options;
  }

  /** A pause was asked for and the next checkpoint must hold. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Bench time spent in pauses, ms. */
  get heldMs(): number {
    return this.#heldMs;
  }

  /** Asks for a pause; true when the plan stands at a checkpoint, false when it ended before. */
  request(): Promise<boolean> {
    this.#isAskedFor = true;
    if (this.#reopened) return Promise.resolve(true);
    this.#isClosing = true;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Lets the plan go on, and takes back a pause that has not taken effect. */
  open(): void {
    this.#isClosing = false;
    this.#isAskedFor = false;
    this.#answer(false);
    this.#reopened?.resolve();
  }

  /**
   * Holds the plan until `open`, or until a suspension is released and no person wants a pause besides. Resolves with
   * whether it was the release that let it go on.
   */
  async hold(
    context: HandlerContext & {readonly isInterrupted: boolean},
    suspension?: Suspension,
  ): Promise<boolean> {
    const beganMs = context.clock.nowMs();
    const leftMm = await this.#readPositions(context);
    const isSourceOff = this.#options.sourceOnPause === 'off' || suspension?.source === 'off';
    const turnedOff = isSourceOff ? await turnOffSources(context) : [];
    let isReleased = false;
    // An open() while the instruments answered has taken the pause back.
    if (this.#isClosing || suspension) {
      this.#isClosing = false;
      const reopened = Promise.withResolvers<void>();
      this.#reopened = reopened;
      this.#options.onState('paused', suspension?.reason);
      this.#answer(true);
      void suspension?.released.then(() => {
        // A person was quicker.
        if (this.#reopened !== reopened) return;
        isReleased = true;
        if (!this.#isAskedFor) reopened.resolve();
      });
      await reopened.promise;
      this.#reopened = undefined;
    }
    if (!context.isInterrupted) {
      await suspension?.endLooks?.();
      for (const source of turnedOff) {
        const outputFrequencyHz = context.bench.outputFrequenciesHz.get(source.role);
        await source.turnOn({signal: context.signal, outputFrequencyHz});
        context.bench.sourcesOn.add(source.role);
        context.bench.provenOff.delete(source.role);
      }
      await this.#bringBack(context, leftMm);
      for (const device of context.devices.values())
        if (device.kind === 'detector') context.bench.unsettled.add(device.role);
      this.#options.onState('running');
    }
    this.#heldMs += context.clock.nowMs() - beganMs;
    return isReleased;
  }

  #answer(isPaused: boolean): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve(isPaused);
  }

  async #readPositions({devices, bench, signal}: HandlerContext): Promise<Map<string, PositionMm>> {
    const positionsMm = new Map<string, PositionMm>();
    for (const stage of stagesOf(devices))
      if (bench.movedStages.has(stage.role)) positionsMm.set(stage.role, await stage.readPosition({signal}));
    return positionsMm;
  }

  async #bringBack(context: HandlerContext, leftMm: Map<string, PositionMm>): Promise<void> {
    const {devices, signal} = context;
    for (const stage of stagesOf(devices)) {
      const beforeMm = leftMm.get(stage.role);
      if (!beforeMm) continue;
      const nowMm = await stage.readPosition({signal});
      const isMoved = stage.axes.some(
        (axis) => Math.abs((nowMm[axis] ?? 0) - (beforeMm[axis] ?? 0)) > this.#options.movedMm,
      );
      if (!isMoved) continue;
      await stage.moveTo(beforeMm, {signal});
      context.addNote(`${stage.role} had been moved during the pause and was brought back.`);
    }
  }
}

async function turnOffSources({
  devices,
  bench,
  signal,
}: HandlerContext): Promise<ReturnType<typeof sourcesOf>> {
  const sources = sourcesOf(devices).filter((source) => bench.sourcesOn.has(source.role));
  for (const source of sources) {
    await source.turnOff({signal});
    bench.sourcesOn.delete(source.role);
    bench.provenOff.add(source.role);
  }
  return sources;
}
