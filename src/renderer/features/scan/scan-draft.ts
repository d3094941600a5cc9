import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import {defaultForm, type ScanForm} from './scan-form.ts';

/** What is being prepared on the scan page; it stays while one looks at other pages. */
export interface ScanDraft {
  readonly form: ScanForm;
  readonly gridBy: 'centre' | 'corners';
  readonly sample: string;
  readonly purpose: string;
  readonly title: string;
  /** Null: the operator of the settings. */
  readonly operator: string | null;
  /** '': the session of the bench, or a new one. */
  readonly sessionUid: string;
  readonly isLockInSetUp: boolean;
}

const draftStore = createStore<ScanDraft>(() => ({
  form: defaultForm,
  gridBy: 'centre',
  sample: '',
  purpose: '',
  title: '',
  operator: null,
  sessionUid: '',
  isLockInSetUp: false,
}));

export const useScanDraft = (): ScanDraft => useStore(draftStore);
export const changeDraft = (changes: Partial<ScanDraft>): void => draftStore.setState(changes);
export const changeForm = (changes: Partial<ScanForm>): void =>
  draftStore.setState(({form}) => ({form: {...form, ...changes}}));
