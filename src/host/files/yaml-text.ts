import {isMap, isScalar, LineCounter, parseDocument, type Document} from 'yaml';

/** What a YAML or JSON text says, and where in it. */
export interface YamlContent {
  readonly value: unknown;
  /** Line of the value at a path, or of the key `key` there; of what is around it where it is not in the text. */
  readonly lineOf: (path: readonly PropertyKey[], key?: string) => number;
}

/** More uses of an anchor than a bench has parts are a text that was made to grow. */
const aliasLimit = 100;

/**
 * Parses YAML or JSON. Throws Error with a sentence and the line: syntax, a key that is given twice, several documents,
 * too many aliases. Time and memory are not bounded by the size of the text: see `readApart`.
 */
export function parseYaml(text: string): YamlContent {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const {line} = lines.linePos(problem.pos[0]);
    if (problem.code === 'DUPLICATE_KEY') throw new Error(`line ${line}: a key is given twice here`);
    const what = /call stack/.test(problem.message) ? 'it is nested too deeply' : problem.message;
    throw new Error(`it is neither YAML nor JSON: line ${line}: ${what}`);
  }
  return {
    value: valueOf(document),
    lineOf: (path, key) => lines.linePos(offsetOf(document, path, key)).line,
  };
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({maxAliasCount: aliasLimit}) as unknown;
  } catch (error) {
    // The library's sentence for whatever its aliases would grow to.
    if (!(error instanceof ReferenceError)) throw error;
    throw new Error(`its aliases stand for more than can be meant (${error.message})`, {cause: error});
  }
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (length === path.length && key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0];
  }
  return 0;
}
