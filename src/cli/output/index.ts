/** What commands need to talk to a terminal, a pipe or a program. */
export {writeCampaignSummary} from './campaign-summary.ts';
export * from './exit-code.ts';
export {createOutput, type Output, type OutputStreams} from './output.ts';
export type {Progress, ProgressUpdate} from './progress.ts';
export {formatDuration, formatTable, plainText, type TableColumn} from './text-table.ts';
