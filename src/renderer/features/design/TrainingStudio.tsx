import {useQuery, useQueryClient} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {client, problemFrom, queries, useMay, useStatus, type Problem} from '../../connection/index.ts';
import {
  attempt,
  Button,
  notify,
  NumberField,
  Panel,
  ProblemBox,
  Segments,
  Switch,
  TextField,
  useRefusal,
} from '../../parts/index.ts';
import {StackDrawing} from '../../viewer/index.ts';
import {LiveTraining} from './LiveTraining.tsx';
import {
  changeTrainingDraft,
  checkTrainingDraft,
  draftStack,
  settingLabels,
  useTrainingDraft,
  type TrainingDraft,
} from './training-draft.ts';
import styles from './TrainingStudio.module.css';
import {useTrainingJob} from './use-training.ts';

/** Prepare a training, start it, and follow the one under way. */
export function TrainingStudio({onShow}: {readonly onShow: (folder: string) => void}): ReactElement {
  const {job, problem} = useTrainingJob();
  return (
    <div className={styles.studio}>
      <TrainingForm isBusy={job !== null && job.endedUtc === null} />
      {problem && <ProblemBox problem={problem} />}
      {job && <LiveTraining key={job.id} job={job} onShow={onShow} />}
      <StoredTrainings isBusy={job !== null && job.endedUtc === null} />
    </div>
  );
}

type NumberName = {
  [Name in keyof TrainingDraft]: TrainingDraft[Name] extends number ? Name : never;
}[keyof TrainingDraft];

interface FieldRow {
  readonly name: NumberName;
  readonly unit: string;
  readonly isWhole?: boolean;
}

const courseFields: readonly FieldRow[] = [
  {name: 'epochs', unit: '', isWhole: true},
  {name: 'stopAfterEpochs', unit: '', isWhole: true},
  {name: 'seed', unit: '', isWhole: true},
];

const geometryFields: readonly FieldRow[] = [
  {name: 'layerCount', unit: '', isWhole: true},
  {name: 'count', unit: '', isWhole: true},
  {name: 'pitchMm', unit: 'mm'},
  {name: 'gapMm', unit: 'mm'},
  {name: 'regionMm', unit: 'mm'},
  {name: 'objectSideMm', unit: 'mm'},
  {name: 'frequencyGhz', unit: 'GHz'},
  {name: 'phaseTurns', unit: 'turns'},
];

const advancedFields: readonly FieldRow[] = [
  {name: 'scanStepMm', unit: 'mm'},
  {name: 'levels', unit: '', isWhole: true},
  {name: 'maskLevels', unit: '', isWhole: true},
  {name: 'lateralErrorMm', unit: 'mm'},
  {name: 'axialErrorMm', unit: 'mm'},
  {name: 'logitScale', unit: ''},
  {name: 'efficiencyWeight', unit: ''},
  {name: 'smoothnessWeight', unit: ''},
  {name: 'marginWeight', unit: ''},
  {name: 'batchSize', unit: '', isWhole: true},
  {name: 'learningRate', unit: 'rad'},
  {name: 'trainingCount', unit: '', isWhole: true},
  {name: 'validationCount', unit: '', isWhole: true},
];

function NumberFields({rows}: {readonly rows: readonly FieldRow[]}): ReactElement {
  const draft = useTrainingDraft();
  return (
    <div className={styles.fields}>
      {rows.map(({name, ...row}) => (
        <NumberField
          key={name}
          label={settingLabels[name] ?? name}
          {...row}
          value={draft[name]}
          onChange={(value) => changeTrainingDraft({[name]: value})}
        />
      ))}
    </div>
  );
}

/** The way to start a training, why it cannot be started, and why the host did not begin it. */
function useTrainingStart(draft: TrainingDraft, isBusy: boolean) {
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
      await client.twin.train({settings, ...ofBench});
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

function TrainingForm({isBusy}: {readonly isBusy: boolean}): ReactElement {
  const draft = useTrainingDraft();
  const [isAdvanced, setAdvanced] = useState(false);
  const {start, because, problems, benchPath} = useTrainingStart(draft, isBusy);
  const stack = draftStack(draft);
  return (
    <Panel title="Train a network">
      <div className={styles.paths}>
        <TextField label="Name" value={draft.name} onChange={(name) => changeTrainingDraft({name})} />
      </div>
      <DataFields draft={draft} benchPath={benchPath} />
      <NumberFields rows={courseFields} />
      <NumberFields rows={geometryFields} />
      {stack && (
        <div className={styles.stack}>
          <StackDrawing label="Stack of the new network" parts={stack} />
        </div>
      )}
      <Switch isSelected={isAdvanced} onChange={setAdvanced}>
        Advanced
      </Switch>
      {isAdvanced && <NumberFields rows={advancedFields} />}
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

/** What is learned from, and what it is measured with. Files of the computer are named by administrators alone. */
function DataFields(props: {readonly draft: TrainingDraft; readonly benchPath: string | null}): ReactElement {
  const {draft, benchPath} = props;
  const mayName = useMay('admin');
  return (
    <>
      <Segments
        label="Images"
        hasLabel
        value={draft.data}
        onChange={(data) => changeTrainingDraft({data})}
        options={[
          {value: 'built-in', label: 'Built-in digits'},
          {value: 'files', label: 'IDX files', isDisabled: !mayName},
        ]}
      />
      {draft.data === 'files' && (
        <>
          <Segments
            label="Learn"
            hasLabel
            value={draft.task}
            onChange={(task) => changeTrainingDraft({task})}
            options={[
              {value: 'digits', label: 'Digits, without those of campaigns'},
              {value: 'classes', label: 'Classes of these files'},
            ]}
          />
          {draft.task === 'classes' && (
            <NumberFields rows={[{name: 'classCount', unit: '', isWhole: true}]} />
          )}
          <div className={styles.paths}>
            <TextField
              label="Images (IDX, whole path)"
              value={draft.imagesPath}
              onChange={(imagesPath) => changeTrainingDraft({imagesPath})}
            />
            <TextField
              label="Labels (IDX, whole path)"
              value={draft.labelsPath}
              onChange={(labelsPath) => changeTrainingDraft({labelsPath})}
            />
          </div>
        </>
      )}
      <ShownFields draft={draft} />
      <Switch
        isSelected={draft.isForBench && benchPath !== null}
        isDisabled={benchPath === null || !mayName}
        onChange={(isForBench) => changeTrainingDraft({isForBench})}
      >
        Light and probe of the open bench’s file
      </Switch>
    </>
  );
}

/** How images are shown and how classes are read from the detector. */
function ShownFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <div className={styles.choices}>
      <Segments
        label="Shown as"
        hasLabel
        value={draft.objectKind}
        onChange={(objectKind) => changeTrainingDraft({objectKind})}
        options={[
          {value: 'binary-mask', label: 'Mask'},
          {value: 'grey-amplitude', label: 'Grey amplitude'},
          {value: 'phase', label: 'Phase'},
        ]}
      />
      <Segments
        label="Classes are read from"
        hasLabel
        value={draft.detection}
        onChange={(detection) => changeTrainingDraft({detection})}
        options={[
          {value: 'single', label: 'One region each'},
          {value: 'differential', label: 'Two regions each'},
        ]}
      />
      <Segments
        label="A pixel of a plate"
        hasLabel
        value={draft.neurons}
        onChange={(neurons) => changeTrainingDraft({neurons})}
        options={[
          {value: 'phase', label: 'Delays: relief'},
          {value: 'amplitude', label: 'Opens or closes: mask'},
          {value: 'complex', label: 'Both'},
        ]}
      />
    </div>
  );
}

/** Trainings of the data folder that can be gone on with. */
function StoredTrainings({isBusy}: {readonly isBusy: boolean}): ReactElement | null {
  const queryClient = useQueryClient();
  const found = useQuery({...queries.twin.trainings.queryOptions(), refetchInterval: 5000});
  const refusal = useRefusal('operate');
  const open = (found.data ?? []).filter(({isDone}) => !isDone);
  if (open.length === 0 || isBusy) return null;
  return (
    <Panel title="Paused trainings">
      {open.map(({folder, name, curve, settings, problem}) =>
        problem !== '' ? (
          <ProblemBox key={folder} level="attention" problem={{message: problem}} />
        ) : (
          <div key={folder} className={styles.bar}>
            <span>
              {name}: {curve.length} of {settings?.epochs} epochs done
            </span>
            <Button
              isCompact
              isDisabled={refusal !== undefined}
              hint={refusal ?? `Goes on from the checkpoint in ${folder}`}
              onPress={() =>
                void attempt(() => client.twin.resume({folder})).then(() =>
                  queryClient.invalidateQueries({queryKey: queries.twin.trainings.key()}),
                )
              }
            >
              Go on
            </Button>
          </div>
        ),
      )}
    </Panel>
  );
}
