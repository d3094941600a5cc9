// Draws resources/icon.png: the far field of a round aperture (an Airy pattern, brightness compressed so that its rings
// show), light amber in the middle and teal outside, on the window's dark ground. Builders make .ico and .icns from it.
//   node tools/make-icon.mjs
import {writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {encode} from 'fast-png';

const size = 512;
/** Samples along one side of a pixel, against stairs. */
const fine = 3;
const cornerRadius = 112;
const ground = [0x14, 0x18, 0x1d];
const centre = [0xff, 0xc4, 0x6b];
const rings = [0x3f, 0xc1, 0xb0];
/** First dark ring at this part of the half width. */
const firstDark = 0.235;

/** Bessel function of the first kind, order one, by its integral. */
function besselJ1(x) {
  const steps = 64;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const angle = ((i + 0.5) / steps) * Math.PI;
    sum += Math.cos(angle - x * Math.sin(angle));
  }
  return sum / steps;
}
const airy = (x) => (x < 1e-6 ? 1 : (2 * besselJ1(x)) / x) ** 2;

// Brightness by distance, in steps that are finer than the samples.
const table = Float64Array.from({length: 4096}, (_, i) => {
  const distance = (i / 4096) * Math.SQRT2;
  return airy((3.8317 * distance) / firstDark) ** 0.18 * Math.max(0, 1 - (distance / 0.96) ** 6);
});
const brightnessAt = (distance) => table[Math.min(4095, Math.floor((distance / Math.SQRT2) * 4096))];

function isInside(x, y) {
  const dx = Math.max(Math.abs(x - size / 2) - (size / 2 - cornerRadius), 0);
  const dy = Math.max(Math.abs(y - size / 2) - (size / 2 - cornerRadius), 0);
  return Math.hypot(dx, dy) <= cornerRadius;
}

/** Red, green, blue and opacity of every pixel, row by row. */
export function drawIcon() {
  const data = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const sum = [0, 0, 0];
      let covered = 0;
      for (let sample = 0; sample < fine * fine; sample++) {
        const x = column + ((sample % fine) + 0.5) / fine;
        const y = row + (Math.floor(sample / fine) + 0.5) / fine;
        if (!isInside(x, y)) continue;
        covered += 1;
        const distance = Math.hypot(x - size / 2, y - size / 2) / (size / 2);
        const light = brightnessAt(distance);
        const mix = Math.min(1, distance / 0.42);
        for (let channel = 0; channel < 3; channel++) {
          const colour = centre[channel] * (1 - mix) + rings[channel] * mix;
          sum[channel] += ground[channel] * (1 - light) + colour * light;
        }
      }
      const offset = (row * size + column) * 4;
      for (let channel = 0; channel < 3; channel++)
        data[offset + channel] = covered === 0 ? 0 : Math.round(sum[channel] / covered);
      data[offset + 3] = Math.round((255 * covered) / (fine * fine));
    }
  return {width: size, height: size, channels: 4, depth: 8, data};
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  writeFileSync(
    join(dirname(fileURLToPath(import.meta.url)), '..', 'resources', 'icon.png'),
    encode(drawIcon()),
  );
