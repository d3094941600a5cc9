import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {client, problemFrom, queries} from '../connection/index.ts';
import {Button} from './Button.tsx';
import {Dialog} from './Dialogs.tsx';
import {attempt, notify} from './notices.ts';
import {Loading, ProblemBox} from './Panels.tsx';
import {dressReport, forwardEscape, undressReport} from './report-document.ts';
import styles from './ReportSheet.module.css';
import {saveFile} from './save-file.ts';

/** The report of a campaign, made anew from the stored points, in a frame that may run nothing. */
export function ReportSheet(props: {
  readonly sessionUid: string;
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const {sessionUid, isOpen} = props;
  const report = useQuery({
    ...queries.sessions.export.queryOptions({input: {sessionUid, format: 'report-html'}}),
    enabled: isOpen,
    select: ({bytes}) => undressReport(new TextDecoder().decode(bytes)),
  });
  const {data, error} = report;
  return (
    <Dialog
      title={`Report: ${props.title}`}
      isOpen={isOpen}
      onClose={props.onClose}
      place="sheet"
      widthRem={96}
      buttons={<Button onPress={() => void saveReport(sessionUid)}>Save report as HTML</Button>}
    >
      {!data && !error && <Loading what="the report; it is computed from the stored points" />}
      {error && (
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void report.refetch()}}
        />
      )}
      {data && (
        <iframe
          className={styles.report ?? ''}
          title={`Report of ${props.title}`}
          // No scripts; the same origin only so that its style can be put on, which the page's policy refuses inside.
          sandbox="allow-same-origin"
          srcDoc={data.html}
          onLoad={({currentTarget}) => {
            dressReport(currentTarget, data.css);
            forwardEscape(currentTarget);
          }}
        />
      )}
    </Dialog>
  );
}

const saveReport = (sessionUid: string): Promise<boolean> =>
  attempt(async () => {
    const {fileName, mediaType, bytes} = await client.sessions.export({sessionUid, format: 'report-html'});
    const path = await saveFile(fileName, mediaType, bytes);
    if (path !== null) notify({level: 'info', text: `Saved ${path}.`});
  });
