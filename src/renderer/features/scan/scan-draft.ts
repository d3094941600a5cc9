import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import {createDraftStore, initialSuspending, mergeDraft, type SuspendingDraft} from '../../parts/index.ts';
import {defaultForm, formOfPlan, planOfStart, type ScanForm} from './scan-form.ts';

/** What is being prepared on the scan page; it stays while one looks at other pages, and over a reload. */
export interface ScanDraft extends SuspendingDraft {
  readonly form: ScanForm;
  readonly gridBy: 'centre' | 'corners';
  /** Null: that of the bench. */
  readonly designFolder: string | null;
  readonly sample: string;
  readonly purpose: string;
  readonly title: string;
  /** Null: the operator of the settings. */
  readonly operator: string | null;
  /** '': the session of the bench, or a new one. */
  readonly sessionUid: string;
  readonly isDetectorSetUp: boolean;
}

const initial: ScanDraft = {
  form: defaultForm,
  gridBy: 'centre',
  designFolder: null,
  sample: '',
  purpose: '',
  title: '',
  operator: null,
  sessionUid: '',
  isDetectorSetUp: false,
  ...initialSuspending,
};

// The form is kept whole, so that none of its numbers is lost to a reload; its own fields are checked one by one.
const draftStore = createDraftStore<ScanDraft>('scan', initial);
draftStore.setState(({form}) => ({form: mergeDraft(defaultForm, {...form})}));

/** The form as it was taken from a run: nobody has changed it since. */
const takenStore = createStore<{readonly form: ScanForm | null}>(() => ({form: null}));
export const useFormOfRun = (): ScanForm | null => useStore(takenStore, ({form}) => form);

const textOfForm = (): string => JSON.stringify(draftStore.getState().form);
const untouchedText = JSON.stringify(defaultForm);

/**
 * The form takes the plan of the run under way, unless something was planned in this window already: a window that is
 * opened in mid-run shows what is being measured. `planArgs` is what the run's start record keeps.
 */
export function showPlanOfRun(planArgs: unknown): void {
  if (textOfForm() !== untouchedText) return;
  const plan = planOfStart(planArgs);
  if (!plan) return;
  const form = formOfPlan(plan, draftStore.getState().form);
  takenStore.setState({form});
  draftStore.setState({form});
}

export const useScanDraft = (): ScanDraft => useStore(draftStore);
export const changeDraft = (changes: Partial<ScanDraft>): void => draftStore.setState(changes);
export const takeDesign = (designFolder: string): void => changeDraft({designFolder});
export const changeForm = (changes: Partial<ScanForm>): void =>
  draftStore.setState(({form}) => ({form: {...form, ...changes}}));
