import {designLimitBytes} from '../../twin/design/load.ts';

const kibibyte = 2 ** 10;
const mebibyte = 2 ** 20;

/** Largest size of each file that a person or a program may hand over, bytes (docs/limits.md says how it is kept). */
export const fileLimitBytes = {
  /** The shipped example has 5 kB. */
  benchFile: 256 * kibibyte,
  plan: 256 * kibibyte,
  placement: mebibyte,
  /** design.json; the shipped one has 4 kB. */
  design: designLimitBytes,
  /** The curve of a training, training.json: the shipped one has 15 kB. */
  training: 512 * kibibyte,
  /** Planes of an alignment from files: data.json. */
  planeList: mebibyte,
  /** An .npy file: 4096 x 4096 complex numbers in double precision and a header. */
  array: 16 * 4096 ** 2 + mebibyte,
  /** An IDX file, unpacked: the largest set of its kind (EMNIST by class) has 550 MB. */
  idx: 640 * mebibyte,
  /** settings.json, ports.json, stage-places.json. */
  settings: mebibyte,
  /** queue.json: a campaign that names a thousand digits has 20 kB. */
  queue: 16 * mebibyte,
} as const;
