import {createStore, type StoreApi} from 'zustand/vanilla';

/** What is kept of a draft between two loads of the page. */
type Kept = Readonly<Record<string, unknown>>;

/**
 * A store of what is being prepared on a page. It outlives a look at other pages and a reload of this tab; another tab
 * has its own. What a kept text cannot give (written by another version, damaged) is as at the beginning.
 */
export function createDraftStore<Draft extends object>(
  name: string,
  initial: Draft,
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined = globalThis.sessionStorage,
): StoreApi<Draft> {
  const key = `d2nn-bench.draft.1.${name}`;
  const store = createStore<Draft>(() => mergeDraft(initial, parseKept(storage?.getItem(key) ?? null)));
  store.subscribe((draft) => storage?.setItem(key, JSON.stringify(draft, writeNaN)));
  return store;
}

/** JSON has no not-a-number, which a field holds while it is being typed. */
const nanText = '<not a number>';
const writeNaN = (_name: string, value: unknown): unknown => (Number.isNaN(value) ? nanText : value);
const readNaN = (_name: string, value: unknown): unknown => (value === nanText ? NaN : value);

function parseKept(text: string | null): Kept {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text, readNaN);
    return typeof value === 'object' && value !== null ? (value as Kept) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The draft with every field that was kept in the kind it has at the beginning. */
export function mergeDraft<Draft extends object>(initial: Draft, kept: Kept): Draft {
  const fields = Object.entries(initial).map(([name, first]: [string, unknown]) => {
    const value = Object.hasOwn(kept, name) ? kept[name] : first;
    return [name, mergedValue(first, value)];
  });
  return Object.fromEntries(fields) as Draft;
}

function mergedValue(first: unknown, value: unknown): unknown {
  // A field that begins empty takes a text or nothing.
  if (first === null) return value === null || typeof value === 'string' ? value : first;
  if (typeof first !== typeof value || value === null) return first;
  if (Array.isArray(first)) return Array.isArray(value) ? value : first;
  return value;
}
