/**
 * The files that a session or a run can be exported as: by name, the extension of the file and its media
 * type. Contract, command line, window and `host/export` all take their list from here.
 */
export const exportFormats = {
  'json-lines': {extension: 'jsonl', mediaType: 'application/jsonl'},
  csv: {extension: 'csv', mediaType: 'text/csv'},
  'report-html': {extension: 'html', mediaType: 'text/html'},
  'planes-png': {extension: 'png', mediaType: 'image/png'},
  'result-json': {extension: 'json', mediaType: 'application/json'},
} as const;

export type ExportFormat = keyof typeof exportFormats;

/** Names of the formats, in the order in which they are offered. */
export const exportFormatNames = Object.keys(exportFormats) as [ExportFormat, ...ExportFormat[]];
