import fc from 'fast-check';
import {expect, test} from 'vitest';
import {base64Of, BulkOut, TakenOut} from '../../../../src/host/api/transport/bulk.ts';

const joined = async (bulk: BulkOut, json: string): Promise<string> =>
  (await Array.fromAsync(bulk.pieces(json) ?? [json])).join('');

/** As the transports' serializers do it. */
const jsonOf = (answer: unknown): string =>
  JSON.stringify(answer, (_key, value: unknown) => {
    if (value instanceof TakenOut) return value.text;
    if (value instanceof Uint8Array) return base64Of(value);
    return value instanceof Float64Array ? Array.from(value) : value;
  });

const parts = [
  'short',
  'line "with" \\ and \n\u2028 \u{1f52d}'.repeat(6000),
  `${'x'.repeat(2 ** 16 - 1)}\u{1f52d}${'y'.repeat(9)}`,
  Float64Array.from({length: 10_001}, (_, i) => (i % 7 === 0 ? NaN : i / 3)),
  Float64Array.from({length: 9}, (_, i) => i),
  Uint8Array.from({length: 250_001}, (_, i) => i % 251),
  null,
  undefined,
  -0.5,
] as const;

test('an answer that leaves in pieces is the answer that would leave in one', async () => {
  const part = fc.constantFrom(...parts);
  const answers = fc.oneof(
    part,
    fc.array(part, {maxLength: 4}),
    fc.dictionary(fc.string({maxLength: 5}), fc.oneof(part, fc.array(part, {maxLength: 3})), {maxKeys: 4}),
  );
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      const bulk = new BulkOut('list');
      const whole = JSON.stringify({answer}, (_key, value: unknown) => {
        if (value instanceof Uint8Array) return base64Of(value);
        return value instanceof Float64Array ? Array.from(value) : value;
      });
      const pieces = await joined(bulk, jsonOf({answer: bulk.takeOut(answer)}));
      expect(JSON.parse(pieces)).toEqual(JSON.parse(whole));
    }),
    {numRuns: 60},
  );
});

test('bytes of numbers are one base64, whatever the pieces', async () => {
  const bulk = new BulkOut('base64');
  const numbers = Float32Array.from({length: 100_003}, (_, i) => Math.sin(i));
  const json = await joined(bulk, jsonOf({numbers: bulk.takeOut(numbers)}));
  expect(json).toBe(`{"numbers":"${base64Of(numbers)}"}`);
});

test('small answers go as they are, and what was withdrawn is forgotten', async () => {
  const bulk = new BulkOut('list');
  const small = {text: 'x'.repeat(1000), numbers: new Float64Array(100)};
  expect(bulk.takeOut(small)).toBe(small);
  expect(bulk.pieces('{"text":"x"}')).toBeNull();
  const withdrawn = new AbortController();
  const json = jsonOf(bulk.takeOut('x'.repeat(100_000), withdrawn.signal));
  withdrawn.abort();
  expect(bulk.pieces(json)).toBeNull();
  // Taken out after the call was withdrawn.
  bulk.takeOut('x'.repeat(100_000), withdrawn.signal);
  expect(bulk.pieces(json)).toBeNull();
});
