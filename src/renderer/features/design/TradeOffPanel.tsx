import {useState, type ReactElement} from 'react';
import type {ApiOutputs, Computation} from '../../../contract/api/index.ts';
import {tradeOffLosses, tradeOffProblems, tradeOffSettingsSchema} from '../../../contract/trade-off.ts';
import {tradeOffWeights} from '../../../contract/trade-off-defaults.ts';
import {client, problemFrom, type Problem} from '../../connection/index.ts';
import {
  attempt,
  Button,
  NumberField,
  Panel,
  ProblemBox,
  Select,
  TextField,
  useComputationRefusal,
} from '../../parts/index.ts';
import {fileNameFrom, saveFile} from '../../parts/save-file.ts';
import {StudyRun} from './StudyRun.tsx';
import {useTradeOffDraft, type TradeOffDraft} from './trade-off-draft.ts';
import {TradeOffResult} from './TradeOffResult.tsx';
import styles from './TrainingStudio.module.css';
import {useStudy} from '../../run-data/index.ts';

type ListedDesign = ApiOutputs['design']['list'][number];

/** What a weight of the loss trades from the plates of one design; started here. */
export function TradeOffPanel({designs}: {readonly designs: readonly ListedDesign[]}): ReactElement {
  const {running, last, result, problem} = useStudy('trade-off');
  // Kept while a study runs, so that the next one begins with what was typed for it.
  const drafting = useTradeOffDraft(designs[0]?.folder ?? '');
  const found = result?.kind === 'trade-off' ? result : null;
  const save = (ending: string, mediaType: string, content: string): void =>
    void attempt(() =>
      saveFile(`${fileNameFrom(found?.study.designName ?? '')}-trade-off.${ending}`, mediaType, content),
    );
  return (
    <Panel
      title="What a weight trades"
      tools={
        found && (
          <>
            <Button isCompact onPress={() => save('svg', 'image/svg+xml', found.drawing)}>
              Save the drawing
            </Button>
            <Button
              isCompact
              onPress={() => save('json', 'application/json', `${JSON.stringify(found.study, null, 2)}\n`)}
            >
              Save as JSON
            </Button>
          </>
        )
      }
    >
      <p>
        The plates of a trained design are trained on with several values of one weight, the same steps each,
        and judged by kept images. The design stays as it is.
      </p>
      {problem && <ProblemBox problem={problem} />}
      {running?.kind === 'trade-off' ? (
        <StudyRun computation={running} label="Progress of the trade-off study" />
      ) : (
        <TradeOffForm designs={designs} running={running} drafting={drafting} />
      )}
      {last?.problem && last.state === 'failed' && <ProblemBox problem={last.problem} />}
      {found && <TradeOffResult study={found.study} />}
    </Panel>
  );
}

function TradeOffForm(props: {
  readonly designs: readonly ListedDesign[];
  readonly running: Computation | null;
  readonly drafting: ReturnType<typeof useTradeOffDraft>;
}): ReactElement {
  const {designs, running} = props;
  const {draft, values, valuesProblem, change} = props.drafting;
  const {start, refused, isStarting} = useTradeOffStart();
  const settings = tradeOffSettingsSchema.safeParse({...draft, values}).data;
  const problems = valuesProblem === '' ? tradeOffProblems({weight: draft.weight, values}) : [valuesProblem];
  const isHalf = (draft.imagesPath === '') !== (draft.labelsPath === '');
  if (isHalf) problems.push('Name the files of both images and labels, or neither for the digits.');
  if (!settings) problems.push('Give whole numbers of steps and measured images.');
  const because =
    useComputationRefusal(running) ?? (isStarting ? 'The host looks at design and images.' : problems[0]);
  return (
    <>
      <TradeOffFields designs={designs} draft={draft} change={change} />
      {problems.map((message) => (
        <ProblemBox key={message} level="attention" problem={{message}} />
      ))}
      {refused?.draft === draft && <ProblemBox problem={refused.problem} />}
      <div className={styles.bar}>
        <Button
          isDisabled={because !== undefined}
          hint={because ?? 'Start the study'}
          onPress={() => settings && void start(draft, settings)}
        >
          Study the trade-off
        </Button>
      </div>
    </>
  );
}

function TradeOffFields(props: {
  readonly designs: readonly ListedDesign[];
  readonly draft: TradeOffDraft;
  readonly change: (part: Partial<TradeOffDraft>) => void;
}): ReactElement {
  const {designs, draft, change} = props;
  return (
    <div className={styles.fields}>
      <Select
        label="Design"
        value={draft.folder}
        options={designs.map(({folder, name}) => ({value: folder, label: name}))}
        onChange={(folder) => change({folder})}
      />
      <Select
        label="Weight"
        value={draft.weight}
        options={tradeOffWeights.map((weight) => ({value: weight, label: tradeOffLosses[weight].label}))}
        onChange={(weight) => change({weight})}
      />
      <TextField
        label="Values, between semicolons"
        value={draft.valuesText}
        onChange={(valuesText) => change({valuesText})}
      />
      <NumberField
        label="Steps for each"
        unit=""
        isWhole
        value={draft.steps}
        onChange={(steps) => change({steps})}
      />
      <NumberField
        label="Images on drawn benches"
        unit=""
        isWhole
        value={draft.marginImages}
        onChange={(marginImages) => change({marginImages})}
      />
      <TextField
        label="Images (IDX), digits unless given"
        value={draft.imagesPath}
        onChange={(imagesPath) => change({imagesPath})}
      />
      <TextField
        label="Labels (IDX)"
        value={draft.labelsPath}
        onChange={(labelsPath) => change({labelsPath})}
      />
    </div>
  );
}

/** The way to start a study, and why the host did not begin the one of this draft. */
function useTradeOffStart() {
  const [isStarting, setStarting] = useState(false);
  const [refused, setRefused] = useState<{readonly draft: TradeOffDraft; readonly problem: Problem} | null>(
    null,
  );
  const start = async (
    draft: TradeOffDraft,
    settings: ReturnType<typeof tradeOffSettingsSchema.parse>,
  ): Promise<void> => {
    const {folder, imagesPath, labelsPath} = draft;
    const data = imagesPath === '' ? {} : {data: {images: imagesPath, labels: labelsPath}};
    setStarting(true);
    setRefused(null);
    try {
      await client.twin.tradeOff({designFolder: folder, settings, ...data});
    } catch (error) {
      setRefused({draft, problem: problemFrom(error)});
    }
    setStarting(false);
  };
  return {start, refused, isStarting};
}
