/** Points of a snaking scan over a field of two beams, again and again. */
export interface BenchFeed {
  /** Feeds so many points a second from now on, spread over the time; 0 stops. */
  run(pointsPerS: number): void;
  /** Feeds so many points as fast as frames of 4,000 allow. */
  burst(pointCount: number): Promise<void>;
  /** Animation frames since the page began. */
  frames(): number;
}

declare global {
  interface Window {
    benchFeed?: BenchFeed;
  }
}

/** Makes the feed; `put` gets place (mm), value (V) and time (s) of each point. */
export function createFeed(
  size: number,
  pitchMm: number,
  put: (xMm: number, yMm: number, valueV: number, timeS: number) => void,
): BenchFeed {
  let index = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let frameCount = 0;
  const next = () => {
    const cell = index % (size * size);
    const row = Math.floor(cell / size);
    const column = row % 2 === 0 ? cell % size : size - 1 - (cell % size);
    const [x, y] = [column / size, row / size];
    const valueV = 1e-3 * (beam(x - 0.4, y - 0.35) + 0.5 * beam(x - 0.7, y - 0.7) + 0.02 * Math.sin(index));
    put(column * pitchMm, row * pitchMm, valueV, index / 1000);
    index++;
  };
  const countFrame = () => {
    frameCount++;
    requestAnimationFrame(countFrame);
  };
  requestAnimationFrame(countFrame);
  return {
    run(pointsPerS) {
      clearInterval(timer);
      if (pointsPerS === 0) return;
      const beganMs = performance.now();
      let fed = 0;
      timer = setInterval(() => {
        const due = ((performance.now() - beganMs) / 1000) * pointsPerS;
        for (; fed < due; fed++) next();
      }, 8);
    },
    async burst(pointCount) {
      for (let fed = 0; fed < pointCount; fed++) {
        next();
        if (fed % 4000 === 3999) await new Promise(requestAnimationFrame);
      }
    },
    frames: () => frameCount,
  };
}

const beam = (x: number, y: number): number => Math.exp(-(x * x + y * y) / 0.02);
