export {BenchPlates, DesignSelect} from './BenchPlates.tsx';
export {Button, Hint, type ButtonProps} from './Button.tsx';
export {Dialog, MenuButton, Tabs, type DialogProps, type MenuEntry, type TabEntry} from './Dialogs.tsx';
export {Checkbox, SearchField, Segments, Select, Slider, Switch, TextField, type Option} from './Fields.tsx';
export {NumberField, type NumberFieldProps} from './NumberField.tsx';
export {createDraftStore, mergeDraft} from './draft-store.ts';
export {attempt, dismissNotice, notify, notifyProblem, useNotices, type Notice} from './notices.ts';
export {
  Loading,
  PageHeading,
  Panel,
  EmptyState,
  ProblemBox,
  ProgressLine,
  Readout,
  StateLight,
  Tag,
} from './Panels.tsx';
export {countOf, countText} from '../../base/count-text.ts';
export {StartButtons} from './StartButtons.tsx';
export {StartComputation, useComputationRefusal, type StartAct} from './StartComputation.tsx';
export {SuspenderPanel} from './SuspenderFields.tsx';
export {
  checkSuspending,
  initialSuspending,
  type CheckedSuspending,
  type SuspendingDraft,
} from './suspender-draft.ts';
export {Table, type TableColumn, type TableProps} from './Table.tsx';
export {agoText, bytesText, clockText, dateTimeText, durationText} from './time-text.ts';
export {useNow} from './use-now.ts';
export {useRefusal} from './use-refusal.ts';
export {useSentDesign} from './use-sent-design.ts';
export {useDebounced} from './use-debounced.ts';
