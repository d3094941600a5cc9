/** A kind of file that a session or one of its runs can be written as. */
interface ExportFormatInfo {
  readonly mediaType: string;
  /** Of the file's name, without its point. */
  readonly extension: string;
  /** On the button of a session. */
  readonly label: string;
  readonly hint: string;
  /** What it can be made of. */
  readonly of: 'any session' | 'campaign';
  /** On the menu of a single run; absent where a run is not offered as one. */
  readonly ofRun?: {readonly label: string; readonly note: string};
}

/**
 * The one list of export formats, in the order in which they are offered: the API takes these names, the window offers
 * them, and `src/host/export/session-export.ts` has to have a writer for each, or the program does not compile.
 */
export const exportFormats = {
  'report-html': {
    mediaType: 'text/html',
    extension: 'html',
    label: 'Save report as HTML',
    hint: 'One file that needs nothing else',
    of: 'campaign',
  },
  'result-json': {
    mediaType: 'application/json',
    extension: 'json',
    label: 'Save result as JSON',
    hint: 'Verdicts, rates and matrices as numbers',
    of: 'campaign',
  },
  csv: {
    mediaType: 'text/csv',
    extension: 'csv',
    label: 'Save points as CSV',
    hint: 'Every point of every run with its units',
    of: 'any session',
    ofRun: {label: 'Points as CSV', note: 'for a table program'},
  },
  'json-lines': {
    mediaType: 'application/jsonl',
    extension: 'jsonl',
    label: 'Save documents as JSON lines',
    hint: 'As Bluesky’s viewers read them',
    of: 'any session',
    ofRun: {label: 'All records as JSON lines', note: 'complete'},
  },
  'planes-png': {
    mediaType: 'image/png',
    extension: 'png',
    label: 'Save planes as pictures',
    hint: 'Each measured plane as PNG',
    of: 'any session',
  },
} as const satisfies Readonly<Record<string, ExportFormatInfo>>;

/** Name of a format. */
export type ExportFormat = keyof typeof exportFormats;
// The keys of the list are its names.
/** Names of all formats, in the order in which they are offered. */
export const exportFormatNames = Object.keys(exportFormats) as [ExportFormat, ...ExportFormat[]];
/** What a format says of itself. */
export const exportFormatInfo = (format: ExportFormat): ExportFormatInfo => exportFormats[format];
