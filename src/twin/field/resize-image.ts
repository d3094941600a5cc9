import {enlargeImage, type Image} from './object.ts';

/** A square image at `count` pixels along a side: enlarged straight between pixels, reduced by means over areas. */
export function resizeImage(image: Image, count: number): Uint8Array<ArrayBuffer> {
  if (count === image.rows) return Uint8Array.from(image.bytes);
  return count > image.rows ? enlarged(image, count) : reduced(image, count);
}

function enlarged(image: Image, count: number): Uint8Array<ArrayBuffer> {
  const values = enlargeImage(image, {count, pitchMm: 1}, count, 'bilinear');
  // Rows of a grid begin at the smallest y, those of an image at the top.
  return Uint8Array.from({length: count * count}, (_, i) => {
    const row = count - 1 - Math.floor(i / count);
    return Math.round(255 * values[row * count + (i % count)]);
  });
}

function reduced({rows, bytes}: Image, count: number): Uint8Array<ArrayBuffer> {
  const parts = Array.from({length: count}, (_, i) => partsOf((i * rows) / count, ((i + 1) * rows) / count));
  const area = (rows / count) ** 2;
  return Uint8Array.from({length: count * count}, (_, i) => {
    let sum = 0;
    for (const {at: row, length: high} of parts[Math.floor(i / count)])
      for (const {at: column, length: wide} of parts[i % count])
        sum += high * wide * bytes[row * rows + column];
    return Math.round(sum / area);
  });
}

/** Pixels that a stretch of a side touches, and how much of it lies in each. */
function partsOf(low: number, high: number): readonly {readonly at: number; readonly length: number}[] {
  const parts: {at: number; length: number}[] = [];
  for (let at = Math.floor(low); at < high - 1e-9; at++)
    parts.push({at, length: Math.min(high, at + 1) - Math.max(low, at)});
  return parts;
}
