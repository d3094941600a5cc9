import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseBoundedJson, UnboundedJson} from '../../src/base/bounded-json.ts';

const limitBytes = 256 * 2 ** 10;

describe('JSON from outside', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({maxDepth: 6}), (text) => {
        expect(parseBoundedJson(text, limitBytes)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may hold brackets and commas in its texts as it likes', () => {
    const value = {note: `${'[{,'.repeat(40_000)}\\"`, other: ['"', '\\', '{']};
    expect(parseBoundedJson(JSON.stringify(value), limitBytes)).toEqual(value);
  });

  it.each([
    ['too large', `"${'a'.repeat(limitBytes)}"`],
    ['too deep', '['.repeat(65) + ']'.repeat(65)],
    ['too deep, without an end', '{"a":'.repeat(65)],
    ['of too many values', `[${'1,'.repeat(40_000)}1]`],
    ['of too many objects', `[${'{}'.repeat(40_000)}]`],
  ])('is not parsed when it is %s', (_what, text) => {
    expect(() => parseBoundedJson(text, limitBytes)).toThrow(UnboundedJson);
  });

  it('is no JSON in the words of the language', () => {
    for (const text of ['', '{', '"a', '"\\', ']]', 'nul'])
      expect(() => parseBoundedJson(text, limitBytes)).toThrow(SyntaxError);
  });
});
