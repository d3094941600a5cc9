import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {ApiOutputs, Computation} from '../../../contract/api/index.ts';
import {toleranceSettingsSchema, type ToleranceSettings} from '../../../contract/tolerance.ts';
import {client, problemFrom, queries} from '../../connection/index.ts';
import {
  attempt,
  Button,
  Checkbox,
  durationText,
  NumberField,
  Panel,
  ProblemBox,
  useComputationRefusal,
} from '../../parts/index.ts';
import {fileNameFrom, saveFile} from '../../parts/save-file.ts';
import styles from './DesignPage.module.css';
import {StudyRun} from './StudyRun.tsx';
import {ToleranceResult} from './ToleranceResult.tsx';
import {useStudy} from '../../run-data/index.ts';

const defaults = toleranceSettingsSchema.parse({});

/** What the errors of a bench cost this design, and which tolerances keep a wanted match; started here. */
export function TolerancePanel({design}: {readonly design: ApiOutputs['design']['get']}): ReactElement {
  const {folder, file} = design;
  const {running, last, result, problem} = useStudy('tolerance');
  const found = result?.kind === 'tolerance' ? result.study : null;
  const study = found?.contentHash === file.contentHash ? found : null;
  return (
    <Panel
      title="Tolerances"
      className={styles.trainingPanel}
      tools={
        study && (
          <Button
            isCompact
            onPress={() =>
              void attempt(() =>
                saveFile(
                  `${fileNameFrom(study.designName)}-tolerances.json`,
                  'application/json',
                  `${JSON.stringify(study, null, 2)}\n`,
                ),
              )
            }
          >
            Save as JSON
          </Button>
        )
      }
    >
      <p>
        Benches are drawn with all errors of the virtual bench&apos;s default scene, and each error alone is
        tried at half to four times its size.
      </p>
      {problem && <ProblemBox problem={problem} />}
      {running?.kind === 'tolerance' ? (
        <StudyRun computation={running} label="Progress of the tolerance study" />
      ) : (
        <Start folder={folder} running={running} />
      )}
      {last?.problem && last.state === 'failed' && <ProblemBox problem={last.problem} />}
      {study && <ToleranceResult study={study} />}
    </Panel>
  );
}

function Start(props: {readonly folder: string; readonly running: Computation | null}): ReactElement {
  const {folder, running} = props;
  const [settings, setSettings] = useState<ToleranceSettings>(defaults);
  const isWhole = toleranceSettingsSchema.safeParse(settings).success;
  const estimate = useQuery({
    ...queries.twin.toleranceEstimate.queryOptions({input: {designFolder: folder, settings}}),
    enabled: isWhole,
    retry: false,
  });
  const change = (part: Partial<ToleranceSettings>): void => setSettings((before) => ({...before, ...part}));
  const reason = useComputationRefusal(running);
  return (
    <>
      <div className={styles.toleranceForm}>
        <SettingsFields settings={settings} onChange={change} />
        <Button
          isDisabled={reason !== undefined || !isWhole}
          hint={reason ?? 'Start the study'}
          onPress={() => void attempt(() => client.twin.tolerance({designFolder: folder, settings}))}
        >
          Study tolerances
        </Button>
      </div>
      {isWhole && estimate.data && (
        <p>
          About {durationText(estimate.data.seconds)} on {estimate.data.threadCount} threads,{' '}
          {durationText(estimate.data.longestSeconds)} when the tolerances have to be tightened twice.
        </p>
      )}
      {isWhole && estimate.error && <ProblemBox problem={problemFrom(estimate.error)} />}
    </>
  );
}

function SettingsFields(props: {
  readonly settings: ToleranceSettings;
  readonly onChange: (part: Partial<ToleranceSettings>) => void;
}): ReactElement {
  const {settings, onChange} = props;
  return (
    <>
      <NumberField
        label="Benches"
        unit=""
        isWhole
        minimum={2}
        maximum={10_000}
        value={settings.benchCount}
        onChange={(benchCount) => onChange({benchCount})}
      />
      <NumberField
        label="Digits on each"
        unit=""
        isWhole
        minimum={1}
        maximum={10_000}
        value={settings.digitsPerBench}
        onChange={(digitsPerBench) => onChange({digitsPerBench})}
      />
      <NumberField
        label="Wanted match"
        unit=""
        minimum={0.5}
        maximum={0.999}
        step={0.01}
        value={settings.wantedMatch}
        onChange={(wantedMatch) => onChange({wantedMatch})}
      />
      <Checkbox isSelected={settings.isQuick} onChange={(isQuick) => onChange({isQuick})}>
        Quick: one sample a pixel
      </Checkbox>
    </>
  );
}
