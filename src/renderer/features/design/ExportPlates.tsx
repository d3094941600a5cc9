import {useState, type ReactElement} from 'react';
import type {Computation} from '../../../contract/api/index.ts';
import type {PlateExportResult} from '../../../contract/plate-export.ts';
import {plateFormatNames, plateFormats, type PlateFormat} from '../../../contract/plate-formats.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, Checkbox, Dialog, NumberField, Select, useRefusal} from '../../parts/index.ts';

const reliefs = [
  {value: 'square-pixels', label: 'Square pixels, as simulated'},
  {value: 'sampled-surface', label: 'Triangles between the pixels'},
] as const;

/** Writes plates, holder, masks and print sheet of a design into a folder of the host. */
export function ExportPlates({folder}: {readonly folder: string}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const refusal = useRefusal('operate');
  return (
    <>
      <Button isDisabled={refusal !== undefined} hint={refusal} onPress={() => setOpen(true)}>
        Export for printing
      </Button>
      {isOpen && <ExportDialog folder={folder} onClose={() => setOpen(false)} />}
    </>
  );
}

interface PrinterValues {
  readonly sliceMm: number;
  readonly lateralDpi: number;
  readonly densityGPerCm3: number;
}

function ExportDialog(props: {readonly folder: string; readonly onClose: () => void}): ReactElement {
  const {folder, onClose} = props;
  const [formats, setFormats] = useState<readonly PlateFormat[]>(plateFormatNames);
  const [printer, setPrinter] = useState<PrinterValues>({
    sliceMm: 0.028,
    lateralDpi: 600,
    densityGPerCm3: 1.18,
  });
  const [relief, setRelief] = useState<(typeof reliefs)[number]['value']>('square-pixels');
  const {running, result, run} = useExport();
  const isReady = formats.length > 0 && Object.values(printer).every(Number.isFinite);
  const off = running
    ? 'It is being written.'
    : isReady
      ? undefined
      : 'Choose a format and fill in what is marked.';
  return (
    <Dialog
      title="Export for printing"
      isOpen
      onClose={onClose}
      buttons={
        <Button
          variant="primary"
          isDisabled={off !== undefined}
          hint={off}
          onPress={() => void run({folder, formats: [...formats], printer: {...printer}, frame: {relief}})}
        >
          Export
        </Button>
      }
    >
      <FormatBoxes formats={formats} onChange={setFormats} />
      <Select label="Relief" value={relief} options={[...reliefs]} onChange={setRelief} />
      <PrinterFields printer={printer} onChange={setPrinter} />
      {running && <p role="status">{progressText(running)}</p>}
      {result && <ExportResult result={result} />}
    </Dialog>
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

function PrinterFields(props: {
  readonly printer: PrinterValues;
  readonly onChange: (printer: PrinterValues) => void;
}): ReactElement {
  const {printer, onChange} = props;
  return (
    <>
      <NumberField
        label="Slice"
        unit="mm"
        value={printer.sliceMm}
        onChange={(sliceMm) => onChange({...printer, sliceMm})}
        minimum={0.001}
        maximum={10}
        step={0.001}
      />
      <NumberField
        label="Lateral resolution (dpi)"
        unit=""
        value={printer.lateralDpi}
        onChange={(lateralDpi) => onChange({...printer, lateralDpi})}
        minimum={1}
        maximum={100_000}
      />
      <NumberField
        label="Density (g/cm³)"
        unit=""
        value={printer.densityGPerCm3}
        onChange={(densityGPerCm3) => onChange({...printer, densityGPerCm3})}
        minimum={0.01}
        maximum={30}
        step={0.01}
      />
    </>
  );
}

const progressText = ({text, progress}: Computation): string =>
  progress ? `${text} (${progress.done} of ${progress.total})` : text;

function ExportResult({result}: {readonly result: PlateExportResult}): ReactElement {
  const {files, plates, warnings, folder} = result;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <div role="status">
      <p>
        {files.length} files ({(bytes / 1e6).toFixed(1)} MB) are in <code>{folder}</code>
      </p>
      {plates.length > 0 && (
        <p>
          Whole slices cost at most {Math.max(...plates.map(({rounding}) => rounding.rmsRad)).toFixed(3)} rad
          RMS; the plates weigh {plates.reduce((sum, {massG}) => sum + massG, 0).toFixed(1)} g.
        </p>
      )}
      {warnings.map((warning) => (
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
      if (ended.problem) throw new Error(ended.problem.message);
      const came = await client.computations.result({id});
      if (came.kind === 'export-plates') setResult(came);
    });
    setRunning(null);
  };
  return {running, result, run};
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
