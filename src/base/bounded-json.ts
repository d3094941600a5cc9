/** What a JSON text may hold so that it is understood within milliseconds, whatever its size. */
const depthLimit = 64;
const valueLimit = 16_384;

/** Why a text is not even parsed; the sentence goes on behind what it is. */
export class UnboundedJson extends Error {}

/**
 * Parses JSON from outside. Throws SyntaxError for what is no JSON, and `UnboundedJson` before anything is parsed when it
 * is larger than `limitBytes` (bytes of UTF-8 at most), nested too deeply or made of too many values: parsing and
 * checking those would hold up the thread that answers STOP.
 */
export function parseBoundedJson(text: string, limitBytes: number): unknown {
  if (text.length > limitBytes) throw new UnboundedJson(`it has more than ${limitBytes / 2 ** 10} kB`);
  let [depth, values] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // " - brackets within a text are no structure
        i = endOfString(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        values++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        values++;
        break;
    }
    if (depth > depthLimit) throw new UnboundedJson(`it is nested more than ${depthLimit} times`);
    if (values > valueLimit) throw new UnboundedJson(`it has more than ${valueLimit} values`);
  }
  return JSON.parse(text);
}

/** Index of the quote that ends the text that begins at `start`; the last index where none does. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22) return i;
  }
  return text.length;
}
