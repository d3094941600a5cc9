/** What every benchmark gives back. */
export interface BenchResult {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** Median time of a piece of work, ms. */
export function median(repeats: number, work: () => void): number {
  const times = Array.from({length: repeats}, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}

export function printResults(results: readonly BenchResult[]): void {
  for (const {name, figures} of results) {
    const text = Object.entries(figures)
      .map(([key, value]) => `${key} ${value.toPrecision(4)}`)
      .join(', ');
    console.log(text === '' ? name : `${name}: ${text}`);
  }
}
