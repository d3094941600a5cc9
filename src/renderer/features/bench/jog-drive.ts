import {client} from '../../connection/index.ts';
import {notifyProblem} from '../../parts/index.ts';

export interface Direction {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A jog is kept up this often, ms; the stage stops by itself three times as long after the last word. */
const holdEveryMs = 100;
const holdMs = 300;
/** Calls on their way at most: a host that is slow must not be flooded with old wishes. */
const pendingLimit = 3;
const maximumMmPerS = 200;

/** Keeps a jog up while something is held, and ends it the moment it is not. One jog at a time. */
export class JogDrive {
  #pressId: string | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #direction: Direction = {x: 0, y: 0, z: 0};
  #speedMmPerS = 1;
  #pending = 0;

  get isHeld(): boolean {
    return this.#pressId !== null;
  }

  /** Starts a jog, or turns the one under way. Speed in mm/s. */
  hold(direction: Direction, speedMmPerS: number): void {
    const isNews =
      this.#pressId === null ||
      (['x', 'y', 'z'] as const).some((axis) => direction[axis] !== this.#direction[axis]) ||
      speedMmPerS !== this.#speedMmPerS;
    this.#direction = direction;
    this.#speedMmPerS = Math.min(speedMmPerS, maximumMmPerS);
    if (this.#pressId === null) {
      this.#pressId = crypto.randomUUID();
      this.#timer = setInterval(() => this.#send(), holdEveryMs);
    }
    if (isNews) this.#send();
  }

  /** Ends the jog. If this does not arrive, the stage stops by itself, because nobody keeps the jog up. */
  release(): void {
    if (this.#pressId === null) return;
    const pressId = this.#pressId;
    this.#pressId = null;
    clearInterval(this.#timer);
    client.stage.jogEnd({pressId}).catch(notifyProblem);
  }

  #send(): void {
    const pressId = this.#pressId;
    if (pressId === null || this.#pending >= pendingLimit) return;
    this.#pending++;
    client.stage
      .jogHold({pressId, direction: this.#direction, speedMmPerS: this.#speedMmPerS, holdMs})
      .catch((error: unknown) => {
        if (this.#pressId !== pressId) return;
        this.#pressId = null;
        clearInterval(this.#timer);
        notifyProblem(error);
      })
      .finally(() => this.#pending--);
  }
}
