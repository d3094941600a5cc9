/** Lets a drawing happen at most once per animation frame, however often it is asked for. */
export interface FrameGate {
  /** Asks for one drawing in the next frame. */
  request(): void;
  /** Drops what was asked for. */
  cancel(): void;
}

/** Makes a gate in front of `draw`, which gets the time of the frame, ms. */
export function createFrameGate(draw: (nowMs: number) => void): FrameGate {
  let handle = 0;
  return {
    request() {
      if (handle !== 0) return;
      handle = requestAnimationFrame((nowMs) => {
        handle = 0;
        draw(nowMs);
      });
    },
    cancel() {
      cancelAnimationFrame(handle);
      handle = 0;
    },
  };
}
