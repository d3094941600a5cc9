import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {ComputePlace} from '../../compute/index.ts';
import {client, problemFrom, queries, useStatus, type Problem} from '../../connection/index.ts';
import {
  Button,
  notify,
  Panel,
  ProblemBox,
  Segments,
  Select,
  Switch,
  TextField,
  useRefusal,
} from '../../parts/index.ts';
import {StackDrawing} from '../../viewer/index.ts';
import {TaskFields} from './TaskFields.tsx';
import {
  augmentationFields,
  courseFields,
  geometryFields,
  learningFields,
  measurementFields,
  NumberFields,
  printFields,
} from './TrainingFields.tsx';
import {
  changeTrainingDraft,
  draftStack,
  hasThickPlates,
  useTrainingDraft,
  type TrainingDraft,
} from './training-draft.ts';
import {checkTrainingDraft, settingLabels} from './training-settings.ts';
import styles from './TrainingStudio.module.css';

/** The way to start a training, why it cannot be started, and why the host did not begin it. */
function useTrainingStart(draft: TrainingDraft, isBusy: boolean, place: ComputePlace) {
  const {settings, problems} = checkTrainingDraft(draft);
  const benchPath = useStatus((status) => status?.bench.path ?? null);
  const refusal = useRefusal('operate');
  const [isStarting, setStarting] = useState(false);
  // Holds until something is changed.
  const [refused, setRefused] = useState<{readonly draft: TrainingDraft; readonly problem: Problem} | null>(
    null,
  );
  const whileBusy = isStarting
    ? 'The host looks at images and folder.'
    : isBusy
      ? 'A training is under way. Pause it first.'
      : undefined;
  const start = async (): Promise<void> => {
    if (!settings) return;
    const ofBench = draft.isForBench && benchPath !== null ? {benchPath} : {};
    setStarting(true);
    setRefused(null);
    try {
      const begin = (offer: Parameters<Parameters<ComputePlace['begin']>[0]>[0]) =>
        client.twin.train({settings, ...ofBench, ...offer});
      await (hasThickPlates(draft) ? begin({}) : place.begin(begin));
      notify({level: 'info', text: 'The training has begun.'});
    } catch (error) {
      setRefused({draft, problem: problemFrom(error)});
    }
    setStarting(false);
  };
  return {
    start,
    benchPath,
    because: refusal ?? whileBusy ?? (settings ? undefined : problems[0]),
    problems: [
      ...problems.map((message) => ({message, level: 'attention' as const})),
      ...(refused?.draft === draft ? [{message: refused.problem.message, level: 'error' as const}] : []),
    ],
  };
}

/** Everything that a training is told; what is rarely changed stands behind a switch. */
export function TrainingForm(props: {readonly isBusy: boolean; readonly place: ComputePlace}): ReactElement {
  const {isBusy, place} = props;
  const draft = useTrainingDraft();
  const [isAdvanced, setAdvanced] = useState(false);
  const {start, because, problems, benchPath} = useTrainingStart(draft, isBusy, place);
  const stack = draftStack(draft);
  return (
    <Panel title="Train a network">
      <div className={styles.paths}>
        <TextField label="Name" value={draft.name} onChange={(name) => changeTrainingDraft({name})} />
        <FirstPlates value={draft.startFrom} />
      </div>
      <TaskFields draft={draft} benchPath={benchPath} />
      <NumberFields rows={courseFields} />
      <NumberFields rows={geometryFields} />
      {draft.task !== 'imaging' && <SpectrumFields draft={draft} />}
      {stack && (
        <div className={styles.stack}>
          <StackDrawing label="Stack of the new network" parts={stack} />
        </div>
      )}
      <Switch isSelected={isAdvanced} onChange={setAdvanced}>
        Advanced
      </Switch>
      {isAdvanced && <AdvancedFields />}
      <PlaceField place={place} isThick={hasThickPlates(draft)} />
      {problems.map(({message, level}) => (
        <ProblemBox key={message} level={level} problem={{message}} />
      ))}
      <div className={styles.bar}>
        <Button
          variant="primary"
          isDisabled={because !== undefined}
          hint={because ?? 'Computed beside whatever the bench does'}
          onPress={() => void start()}
        >
          Start training
        </Button>
      </div>
    </Panel>
  );
}

/** Where the steps are computed; nothing to choose where the browser lends no GPU. */
function PlaceField({
  place: {gpuName, isOnGpu, choose},
  isThick,
}: {
  readonly place: ComputePlace;
  readonly isThick: boolean;
}): ReactElement | null {
  if (gpuName === null) return null;
  return (
    <>
      <Segments
        label="Compute on"
        hasLabel
        value={isOnGpu && !isThick ? 'gpu' : 'processors'}
        onChange={(value) => choose(value === 'gpu')}
        options={[
          {value: 'processors', label: 'Processors of the host'},
          {value: 'gpu', label: `GPU of this computer (${gpuName})`, isDisabled: isThick},
        ]}
      />
      {isThick && (
        <span className={styles.quiet}>
          Thick plates are computed by the processors of the host; a GPU computes thin ones.
        </span>
      )}
    </>
  );
}

/** Trainings whose checkpoint may give the first plates, and designs that keep none: those begin with their heights. */
function FirstPlates({value}: {readonly value: string}): ReactElement {
  const {data: trainings = []} = useQuery(queries.twin.trainings.queryOptions());
  const {data: designs = []} = useQuery(queries.design.list.queryOptions());
  const usable = [
    ...trainings,
    ...designs.filter((design) => trainings.every(({folder}) => folder !== design.folder)),
  ].filter(({problem}) => problem === '');
  const options = [
    {value: '', label: 'Flat plates'},
    ...usable.map(({folder, name}) => ({value: folder, label: `Plates of ${name}`})),
    ...(value === '' || usable.some(({folder}) => folder === value) ? [] : [{value, label: value}]),
  ];
  return (
    <Select
      label="Begin with"
      value={value}
      onChange={(startFrom) => changeTrainingDraft({startFrom})}
      options={options}
    />
  );
}

/** Further frequencies at which the same plates are read, and the print there. */
function SpectrumFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <div className={styles.paths}>
      <TextField
        label={`${settingLabels['furtherGhz']}, GHz`}
        placeholder="none, or 350; 325"
        value={draft.furtherGhz}
        onChange={(furtherGhz) => changeTrainingDraft({furtherGhz})}
      />
      {draft.furtherGhz.trim() !== '' && (
        <TextField
          label={`${settingLabels['dispersion']}, GHz:index:extinction`}
          placeholder="as at its own, or 350:1.73:0.028"
          value={draft.dispersion}
          onChange={(dispersion) => changeTrainingDraft({dispersion})}
        />
      )}
    </div>
  );
}

function AdvancedFields(): ReactElement {
  return (
    <>
      {[
        {title: 'Measurement and errors', rows: measurementFields},
        {title: 'Objective and steps', rows: learningFields},
        {title: 'Print', rows: printFields},
        {title: 'Largest changes of a training image', rows: augmentationFields},
      ].map(({title, rows}) => (
        <section key={title} className={styles.titled} aria-label={title}>
          <span className={styles.quiet}>{title}</span>
          <NumberFields rows={rows} />
        </section>
      ))}
    </>
  );
}
