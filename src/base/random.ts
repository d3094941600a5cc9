/** Seeded random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
  /** Whole number from 0 to below `limit`. */
  integer(limit: number): number;
  /** An independent generator for a named part, so that one part's use does not move another's numbers. */
  fork(name: string): Random;
}

/** Generator sfc32 (Chris Doty-Humphrey's Small Fast Counting), seeded from text by FNV-1a. */
export function createRandom(seed: number | string): Random {
  const text = String(seed);
  let [a, b, c] = [hash(`${text}#a`), hash(`${text}#b`), hash(`${text}#c`)];
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let warm = 0; warm < 15; warm++) next();
  const uniform = (): number => (next() + (next() >>> 6) / 0x4000000) / 0x100000000;
  let spare: number | undefined;
  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Box-Muller; 1 - u keeps the logarithm finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    integer: (limit) => Math.floor(uniform() * limit),
    fork: (name) => createRandom(`${text}/${name}`),
  };
}

/** The values in random order (Fisher-Yates). */
export function shuffled(values: ArrayLike<number>, random: Random): number[] {
  const order = Array.from(values);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
