import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  parseRequestJson,
  requestLimitBytes,
  UnboundedJson,
} from '../../../../src/host/api/transport/bounded-json.ts';

describe('the JSON of a request', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({maxDepth: 6}), (text) => {
        expect(parseRequestJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may hold brackets and commas in its texts as it likes', () => {
    const value = {note: `${'[{,'.repeat(40_000)}\\"`, other: ['"', '\\', '{']};
    expect(parseRequestJson(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    ['too large', `"${'a'.repeat(requestLimitBytes)}"`],
    ['too deep', '['.repeat(65) + ']'.repeat(65)],
    ['too deep, without an end', '{"a":'.repeat(65)],
    ['of too many values', `[${'1,'.repeat(40_000)}1]`],
    ['of too many objects', `[${'{}'.repeat(40_000)}]`],
  ])('is not parsed when it is %s', (_what, text) => {
    expect(() => parseRequestJson(text)).toThrow(UnboundedJson);
  });

  it('is no JSON in the words of the language', () => {
    for (const text of ['', '{', '"a', '"\\', ']]', 'nul'])
      expect(() => parseRequestJson(text)).toThrow(SyntaxError);
  });
});
