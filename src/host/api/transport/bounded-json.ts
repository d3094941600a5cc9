/** Largest text of one request, on whatever way it comes, bytes: the largest that a window sends has some 20 kB. */
export const requestLimitBytes = 256 * 2 ** 10;
/** What a request may hold within that, so that it is understood within milliseconds. */
const depthLimit = 64;
const valueLimit = 32_768;

/** Why a text is not even parsed. */
export class UnboundedJson extends Error {}

/**
 * Parses the JSON of a request. Throws SyntaxError for what is no JSON, and `UnboundedJson` before anything is parsed
 * when it is too large, nested too deeply or made of too many values: parsing and checking those would hold up the thread
 * that answers STOP.
 */
export function parseRequestJson(text: string): unknown {
  if (text.length > requestLimitBytes)
    throw new UnboundedJson(`it has more than ${requestLimitBytes / 2 ** 10} kB`);
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
