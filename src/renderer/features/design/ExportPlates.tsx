import {useState, type ReactElement} from 'react';
import type {Computation} from '../../../contract/api/index.ts';
import type {PlateExportResult} from '../../../contract/plate-export.ts';
import {plateFormatNames, plateFormats, type PlateFormat} from '../../../contract/plate-formats.ts';
import {client} from '../../connection/index.ts';
import {
  attempt,
  Button,
  Checkbox,
  Dialog,
  notify,
  ProgressLine,
  Select,
  useRefusal,
} from '../../parts/index.ts';
import styles from './TrainingStudio.module.css';
import {
  defaultPrintValues,
  isFilledIn,
  PrintCheckView,
  PrintFields,
  printOptionsOf,
  usePrintCheck,
} from './PrintFields.tsx';

const reliefs = [
  {value: 'square-pixels', label: 'Square pixels, as simulated'},
  {value: 'sampled-surface', label: 'Triangles between the pixels'},
] as const;

/** A design to be printed. */
export interface PrintedDesign {
  readonly folder: string;
  readonly plateCount: number;
  /** The plate that was designed again, from 1, all others being printed already; null in other designs. */
  readonly reprintedPlate: number | null;
}

/** Writes plates, holder, masks and print sheet of a design into a folder of the host. */
export function ExportPlates({design}: {readonly design: PrintedDesign}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const refusal = useRefusal('operate');
  return (
    <>
      <Button isDisabled={refusal !== undefined} hint={refusal} onPress={() => setOpen(true)}>
        Export for printing
      </Button>
      {isOpen && <ExportDialog design={design} onClose={() => setOpen(false)} />}
    </>
  );
}

type Relief = (typeof reliefs)[number]['value'];

/** Stands for all plates in the choice of one. */
const everything = '';

function ExportDialog(props: {readonly design: PrintedDesign; readonly onClose: () => void}): ReactElement {
  const {design, onClose} = props;
  const {folder, reprintedPlate} = design;
  const [plate, setPlate] = useState(reprintedPlate === null ? everything : String(reprintedPlate));
  const [formats, setFormats] = useState<readonly PlateFormat[]>(plateFormatNames);
  const [values, setValues] = useState(defaultPrintValues);
  const [relief, setRelief] = useState<Relief>('square-pixels');
  const {printer, frame} = printOptionsOf(values);
  const settings = {folder, formats: [...formats], printer, frame: {...frame, relief}};
  const isComplete = formats.length > 0 && isFilledIn(values);
  const check = usePrintCheck(isComplete ? settings : null);
  const {running, result, run, stop} = useExport();
  const off = running
    ? 'It is being written.'
    : !isComplete
      ? 'Choose a format and fill in what is marked.'
      : check.problem !== ''
        ? check.problem
        : undefined;
  return (
    <Dialog
      title="Export for printing"
      isOpen
      onClose={onClose}
      buttons={
        <>
          {running && <StopButton running={running} onStop={() => void stop(running.id)} />}
          <Button
            variant="primary"
            isDisabled={off !== undefined}
            hint={off}
            onPress={() =>
              void run({...settings, ...(plate === everything ? {} : {onlyPlates: [Number(plate)]})})
            }
          >
            Export
          </Button>
        </>
      }
    >
      <FormatBoxes formats={formats} onChange={setFormats} />
      <PlateChoice design={design} plate={plate} onChange={setPlate} />
      <Select label="Relief" value={relief} options={[...reliefs]} onChange={setRelief} />
      <PrintFields values={values} onChange={setValues} />
      <p className={styles.quiet}>
        Every plate gets a rim, a handle with a raised L and its number, and a corner cut off.
      </p>
      <PrintCheckView {...check} />
      {running && <ExportProgress running={running} />}
      {result && <ExportResult result={result} told={check.check?.warnings ?? []} />}
    </Dialog>
  );
}

function PlateChoice(props: {
  readonly design: PrintedDesign;
  readonly plate: string;
  readonly onChange: (plate: string) => void;
}): ReactElement {
  const {plateCount, reprintedPlate} = props.design;
  return (
    <Select
      label="What is written"
      value={props.plate}
      options={[
        {value: everything, label: 'All plates, with holder and masks'},
        ...Array.from({length: plateCount}, (_, i) => ({
          value: String(i + 1),
          label: `Plate ${i + 1} alone${i + 1 === reprintedPlate ? ', which was designed again' : ''}`,
        })),
      ]}
      onChange={props.onChange}
    />
  );
}

function StopButton(props: {readonly running: Computation; readonly onStop: () => void}): ReactElement {
  return (
    <Button
      isDisabled={props.running.state === 'stopping'}
      hint="Ends after the part under way; none of the files is written"
      onPress={props.onStop}
    >
      Stop
    </Button>
  );
}

function ExportProgress({running}: {readonly running: Computation}): ReactElement {
  const {progress} = running;
  return (
    <>
      <ProgressLine label="Export" value={progress ? progress.done / progress.total : null} />
      <p role="status">{progressText(running)}</p>
    </>
  );
}

function FormatBoxes(props: {
  readonly formats: readonly PlateFormat[];
  readonly onChange: (formats: readonly PlateFormat[]) => void;
}): ReactElement {
  const {formats, onChange} = props;
  return (
    <>
      {plateFormatNames.map((format) => (
        <Checkbox
          key={format}
          isSelected={formats.includes(format)}
          onChange={(isOn) =>
            onChange(plateFormatNames.filter((name) => (name === format ? isOn : formats.includes(name))))
          }
        >
          {plateFormats[format].label}: {plateFormats[format].hint}
        </Checkbox>
      ))}
    </>
  );
}

const progressText = ({text, progress}: Computation): string =>
  progress ? `${text} (${progress.done} of ${progress.total})` : text;

function ExportResult(props: {
  readonly result: PlateExportResult;
  /** Warnings that stand above already. */
  readonly told: readonly string[];
}): ReactElement {
  const {result, told} = props;
  const {files, plates, warnings, folder} = result;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <div role="status">
      <p>
        {files.length} files ({(bytes / 1e6).toFixed(1)} MB) are in <code>{folder}</code>
      </p>
      {plates.length > 0 && (
        <p>The plates weigh {plates.reduce((sum, {massG}) => sum + massG, 0).toFixed(1)} g.</p>
      )}
      {warnings
        .filter((warning) => !told.includes(warning))
        .map((warning) => (
          <p key={warning}>{warning}</p>
        ))}
    </div>
  );
}

/** Starts an export and follows it to its end; problems are shown as notices. */
function useExport() {
  const [running, setRunning] = useState<Computation | null>(null);
  const [result, setResult] = useState<PlateExportResult | null>(null);
  const run = async (input: Parameters<typeof client.design.exportPlates>[0]): Promise<void> => {
    setResult(null);
    await attempt(async () => {
      const {id} = await client.design.exportPlates(input);
      const ended = await followedToEnd(id, setRunning);
      if (ended.state === 'stopped') return notify({level: 'info', text: ended.text});
      if (ended.problem) throw new Error(ended.problem.message);
      const came = await client.computations.result({id});
      if (came.kind === 'export-plates') setResult(came);
    });
    setRunning(null);
  };
  const stop = async (id: string): Promise<void> => {
    await attempt(() => client.computations.stop({id}));
  };
  return {running, result, run, stop};
}

const waitMs = 5000;

async function followedToEnd(id: string, onChange: (computation: Computation) => void): Promise<Computation> {
  for (let after = 0; ;) {
    const {last, computations} = await client.computations.status({after, waitMs});
    after = last;
    const own = computations.find((computation) => computation.id === id);
    if (!own) continue;
    if (own.endedUtc !== null) return own;
    onChange(own);
  }
}
