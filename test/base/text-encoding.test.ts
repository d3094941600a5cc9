import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeUtf8Text} from '../../src/base/text-encoding.ts';

const text = 'format: d2nn-bench/bench\nname: 0.4 THz Messplatz\n';
const utf16 = (content: string, isLittle: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 * content.length);
  const view = new DataView(bytes.buffer);
  [...content].forEach((letter, i) => view.setUint16(2 * i, letter.charCodeAt(0), isLittle));
  return bytes;
};

describe('the text of a file', () => {
  it('is UTF-8, with or without a mark at its beginning', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), fc.boolean(), (written, hasMark) => {
        fc.pre(!written.includes('\0') && !written.startsWith('\uFEFF'));
        const bytes = new TextEncoder().encode((hasMark ? '\uFEFF' : '') + written);
        expect(decodeUtf8Text(bytes)).toBe(written);
      }),
    );
  });

  it.each([
    ['UTF-16 (little-endian)', utf16(`\uFEFF${text}`, true)],
    ['UTF-16 (big-endian)', utf16(`\uFEFF${text}`, false)],
    ['UTF-16 (little-endian, without a mark)', utf16(text, true)],
    ['UTF-16 (big-endian, without a mark)', utf16(text, false)],
    ['UTF-32', new Uint8Array([0xff, 0xfe, 0, 0, 0x66, 0, 0, 0])],
    ['binary data', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 73, 72, 68, 82])],
  ])('is told of as %s', (name, bytes) => {
    expect(() => decodeUtf8Text(bytes)).toThrow(`it is saved as ${name}`);
    expect(() => decodeUtf8Text(bytes)).toThrow('save it as UTF-8');
  });

  it('names the line and the letter where it is Latin-1', () => {
    const bytes = Uint8Array.from('name: ok\n# 5 \xb5m, K\xf6ln\n', (letter) => letter.charCodeAt(0));
    expect(() => decodeUtf8Text(bytes)).toThrow(
      /line 2 holds the byte 0xB5 \("µ" in Latin-1\).*save it as UTF-8/,
    );
  });

  it('finds the place of the fault in whatever bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 60}), (bytes) => {
        try {
          decodeUtf8Text(bytes);
        } catch (error) {
          const {message} = error as Error;
          expect(message).toMatch(/UTF-8/);
          const [, hex] = /byte 0x(..)/.exec(message) ?? [];
          if (hex !== undefined) expect(Number.parseInt(hex, 16)).toBeGreaterThanOrEqual(0x80);
        }
      }),
    );
  });
});
