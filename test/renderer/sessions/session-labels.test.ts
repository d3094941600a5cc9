import {expect, it} from 'vitest';
import {countOf} from '../../../src/base/count-text.ts';
import {keepNoteDraft, readNoteDraft} from '../../../src/renderer/features/sessions/note-draft.ts';
import {
  detailText,
  nameText,
  newTagFrom,
  runName,
  runStateText,
} from '../../../src/renderer/features/sessions/session-labels.ts';
import {fileNameFrom} from '../../../src/renderer/parts/save-file.ts';

it('counts in words', () => {
  expect(countOf(1, 'run')).toBe('1 run');
  expect(countOf(1204, 'point')).toBe('1,204 points');
});

it('calls a run by its number and says how it went', () => {
  expect(runName({scanId: 47})).toBe('run 0047');
  expect(runStateText({exitStatus: null, reason: ''})).toBe('under way');
  expect(runStateText({exitStatus: 'abort', reason: 'STOP pressed'})).toBe('stopped: STOP pressed');
});

it('keeps a tag once, without blanks around it', () => {
  expect(newTagFrom('  dry   air ', ['good'])).toBe('dry air');
  expect(newTagFrom('good', ['good'])).toBeNull();
  expect(newTagFrom('   ', [])).toBeNull();
});

it('writes stored names and values as words', () => {
  expect(nameText('lockInPhaseDeg')).toBe('lock in phase deg');
  expect(detailText({a: 1})).toBe('{"a":1}');
  expect(detailText(null)).toBe('–');
});

it('makes a file name of any title', () => {
  expect(fileNameFrom('batch 7: “dry”/../x')).toBe('batch-7-dry-..-x');
  expect(fileNameFrom('???')).toBe('unnamed');
});

/** The part of a browser's storage that a draft uses. */
function createStorage(): Storage {
  const entries = new Map<string, string>();
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    key: (index) => [...entries.keys()][index] ?? null,
    get length() {
      return entries.size;
    },
  };
}

it('keeps an unwritten note, line for line, by session', () => {
  const storage = createStorage();
  keepNoteDraft(storage, 's1', {text: 'plate 3\nslipped', runUid: 'r9'});
  expect(readNoteDraft(storage, 's1')).toEqual({text: 'plate 3\nslipped', runUid: 'r9'});
  expect(readNoteDraft(storage, 's2')).toEqual({text: '', runUid: null});
  keepNoteDraft(storage, 's1', {text: '', runUid: null});
  expect(storage.length).toBe(0);
});
