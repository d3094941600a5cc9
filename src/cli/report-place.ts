import type {HostConnection} from './host-client.ts';
import type {Output} from './output/index.ts';

/** Says where the report of a campaign is; of one on a running host also how it is brought here. */
export function writeReportPlace(
  output: Output,
  {isLocal, pathText}: HostConnection,
  {sessionUid, reportPath}: {readonly sessionUid: string; readonly reportPath: string},
): void {
  output.line(`report  ${pathText(reportPath)}`);
  if (!isLocal) output.line(`        bring it here by: sessions export ${sessionUid} --format report-html`);
}
