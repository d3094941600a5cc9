import {randomUUID} from 'node:crypto';
import {setImmediate as nextTurn} from 'node:timers/promises';

/** Text, bytes or numbers in one place of an answer, so many that they are written in turns of the event loop. */
type Bulk = string | Float32Array | Float64Array | Uint8Array;

/** Characters or bytes from which on something is bulk; below this a whole answer's worth of them costs nothing. */
const bulkSize = 2 ** 14;

/** What one turn makes: a fraction of a millisecond each. Bytes by threes, so that their base64 can be put together. */
const ofOneTurn = {characters: 2 ** 16, bytes: 3 * 2 ** 15, numbers: 2 ** 11};

/** How numbers are written: as the base64 of their bytes, or as a list with null for what is no number. */
export type NumberForm = 'base64' | 'list';

/** Stands in an answer for numbers or bytes that were taken out of it. */
export class TakenOut {
  readonly data: Exclude<Bulk, string>;
  readonly text: string;
  constructor(data: Exclude<Bulk, string>, text: string) {
    this.data = data;
    this.text = text;
  }
}

/** Base64 of an array's bytes. */
export const base64Of = ({buffer, byteOffset, byteLength}: Exclude<Bulk, string>): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/**
 * Bulk of the answers of one connection. It is taken out of an answer before the answer becomes JSON and put back
 * piece by piece while the JSON is sent: made JSON in one go, a plane of a million points held the host's thread, and
 * whatever wanted to stop meanwhile, for a third of a second.
 */
export class BulkOut {
  /** Nobody outside can know it, so no text of an answer can be taken for a place of bulk. */
  readonly #mark = randomUUID();
  readonly #parts = new Map<number, Bulk>();
  readonly #form: NumberForm;
  #count = 0;

  constructor(form: NumberForm) {
    this.#form = form;
  }

  /** The answer with a mark in place of all bulk; itself where there is none. Forgotten when `signal` aborts. */
  takeOut(answer: unknown, signal?: AbortSignal): unknown {
    const before = this.#count;
    const rest = this.#without(answer);
    const after = this.#count;
    if (after > before) {
      const forget = (): void => {
        for (let id = before; id < after; id++) this.#parts.delete(id);
      };
      if (signal?.aborted) forget();
      else signal?.addEventListener('abort', forget, {once: true});
    }
    return rest;
  }

  /** JSON whose marks are replaced by what they stand for, in pieces; null where it has none and can go as it is. */
  pieces(json: string): AsyncGenerator<string, void, undefined> | null {
    if (this.#parts.size === 0 || !json.includes(this.#mark)) return null;
    return this.#putBack(json.split(new RegExp(`"${this.#mark}:(\\d+)"`)));
  }

  /** Of a text split at its marks, every second piece is the number of a mark. */
  async *#putBack(pieces: readonly string[]): AsyncGenerator<string, void, undefined> {
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 0) {
        if (piece !== '') yield piece;
        continue;
      }
      const data = this.#parts.get(Number(piece));
      this.#parts.delete(Number(piece));
      for (const text of data === undefined ? ['null'] : textsOf(data, this.#form)) {
        yield text;
        await nextTurn();
      }
    }
  }

  #without(value: unknown): unknown {
    if (typeof value === 'string') return value.length > bulkSize ? this.#keep(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isNumbersOrBytes(value))
      return value.byteLength > bulkSize ? new TakenOut(value, this.#keep(value)) : value;
    if (Array.isArray(value)) {
      let copy: unknown[] | undefined;
      for (const [index, entry] of value.entries()) {
        const rest = this.#without(entry);
        if (rest !== entry) (copy ??= [...(value as unknown[])])[index] = rest;
      }
      return copy ?? value;
    }
    if (Object.getPrototypeOf(value) !== Object.prototype) return value;
    let copy: Record<string, unknown> | undefined;
    for (const [key, entry] of Object.entries(value)) {
      const rest = this.#without(entry);
      if (rest !== entry) (copy ??= {...value})[key] = rest;
    }
    return copy ?? value;
  }

  #keep(data: Bulk): string {
    const id = this.#count++;
    this.#parts.set(id, data);
    return `${this.#mark}:${id}`;
  }
}

const isNumbersOrBytes = (value: object): value is Exclude<Bulk, string> =>
  value instanceof Float32Array || value instanceof Float64Array || value instanceof Uint8Array;

/** JSON of bulk in texts, each a turn's work. */
function* textsOf(data: Bulk, form: NumberForm): Generator<string, void, undefined> {
  if (typeof data !== 'string' && form === 'list' && !(data instanceof Uint8Array)) {
    yield* listTexts(data);
    return;
  }
  yield '"';
  if (typeof data === 'string') {
    // A pair of surrogates that is cut here is written as two escapes, which are read as the same pair.
    for (let start = 0; start < data.length; start += ofOneTurn.characters)
      yield JSON.stringify(data.slice(start, start + ofOneTurn.characters)).slice(1, -1);
  } else {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let start = 0; start < bytes.length; start += ofOneTurn.bytes)
      yield base64Of(bytes.subarray(start, start + ofOneTurn.bytes));
  }
  yield '"';
}

function* listTexts(numbers: Float32Array | Float64Array): Generator<string, void, undefined> {
  for (let start = 0; start < numbers.length; start += ofOneTurn.numbers) {
    const list = JSON.stringify(Array.from(numbers.subarray(start, start + ofOneTurn.numbers)));
    yield `${start === 0 ? '[' : ','}${list.slice(1, -1)}`;
  }
  yield ']';
}
