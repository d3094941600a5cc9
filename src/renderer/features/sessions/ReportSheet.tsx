import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Dialog, Loading, ProblemBox} from '../../parts/index.ts';
import {dressReport, undressReport} from './report-document.ts';
import {saveSession} from './save-session.ts';
import styles from './SessionDetail.module.css';

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
      buttons={
        <Button onPress={() => void saveSession(sessionUid, 'report-html')}>Save report as HTML</Button>
      }
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
          className={styles.report}
          title={`Report of ${props.title}`}
          // No scripts; the same origin only so that its style can be put on, which the page's policy refuses inside.
          sandbox="allow-same-origin"
          srcDoc={data.html}
          onLoad={({currentTarget}) => dressReport(currentTarget, data.css)}
        />
      )}
    </Dialog>
  );
}
