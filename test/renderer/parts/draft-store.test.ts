import {expect, test} from 'vitest';
import {createDraftStore, mergeDraft} from '../../../src/renderer/parts/draft-store.ts';

interface Draft {
  readonly stepMm: number;
  readonly sample: string;
  readonly operator: string | null;
  readonly isOn: boolean;
}
const initial: Draft = {stepMm: 2, sample: '', operator: null, isOn: false};

function memory(): Pick<Storage, 'getItem' | 'setItem'> & {readonly texts: Map<string, string>} {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
  };
}

test('a draft outlives a reload, a field that was being typed included', () => {
  const storage = memory();
  createDraftStore('scan', initial, storage).setState({stepMm: NaN, sample: 'S1', operator: 'Ada'});
  const again = createDraftStore('scan', initial, storage).getState();
  expect(again).toEqual({stepMm: NaN, sample: 'S1', operator: 'Ada', isOn: false});
});

test('two drafts do not meet', () => {
  const storage = memory();
  createDraftStore('scan', initial, storage).setState({sample: 'S1'});
  expect(createDraftStore('campaign', initial, storage).getState()).toEqual(initial);
});

test('what was kept in another kind, or is damaged, is as at the beginning', () => {
  expect(mergeDraft(initial, {stepMm: 'two', sample: 7, operator: 3, isOn: 'yes', odd: 1})).toEqual(initial);
  const storage = memory();
  storage.texts.set('d2nn-bench.draft.1.scan', '{"stepMm": 1');
  expect(createDraftStore('scan', initial, storage).getState()).toEqual(initial);
  storage.texts.set('d2nn-bench.draft.1.scan', '[1, 2]');
  expect(createDraftStore('scan', initial, storage).getState()).toEqual(initial);
});
