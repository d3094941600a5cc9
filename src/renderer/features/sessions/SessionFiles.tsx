import {useState, type ReactElement} from 'react';
import {exportFormatInfo, exportFormatNames} from '../../../contract/export-formats.ts';
import {useActions} from '../../actions/actions.ts';
import {Button, Table, type TableColumn} from '../../parts/index.ts';
import {bytesText} from '../../parts/time-text.ts';
import {ReportSheet} from '../../parts/ReportSheet.tsx';
import {saveArtifact, saveSession} from './save-session.ts';
import type {SessionData} from './session-data.ts';
import {detailText, nameText} from './session-labels.ts';
import styles from './SessionDetail.module.css';

type Artifact = SessionData['artifacts'][number];

const formats = exportFormatNames.map((format) => ({format, ...exportFormatInfo(format)}));

const artifactColumns: readonly TableColumn<Artifact>[] = [
  {
    id: 'name',
    title: 'File',
    width: '3fr',
    isRowHeader: true,
    cell: ({name}) => name,
    sortBy: ({name}) => name,
  },
  {id: 'kind', title: 'What it is', width: '2fr', cell: ({kind}) => nameText(kind), sortBy: ({kind}) => kind},
  {
    id: 'size',
    title: 'Size',
    width: 84,
    isNumber: true,
    cell: ({byteCount}) => bytesText(byteCount),
    sortBy: ({byteCount}) => byteCount,
  },
];

/** What can be taken away of a session, and everything that is kept about it. */
export function SessionFiles({data}: {readonly data: SessionData}): ReactElement {
  const {summary, artifacts} = data;
  const [isReportOpen, setIsReportOpen] = useState(false);
  const isCampaign = summary.kind === 'campaign';
  const offers = formats.filter(({of}) => isCampaign || of === 'any session');
  const noPoints = summary.pointCount === 0 ? 'This session has no points yet.' : undefined;
  useActions([
    {
      id: 'sessions.report',
      title: 'Show the report of this session',
      group: 'Sessions',
      disabledBecause: isCampaign ? noPoints : 'Only a campaign has a report.',
      run: () => setIsReportOpen(true),
    },
    ...offers.map(({format, label}) => ({
      id: `sessions.export.${format}`,
      title: `${label} (this session)`,
      group: 'Sessions',
      disabledBecause: noPoints,
      run: () => void saveSession(summary.uid, format),
    })),
  ]);
  return (
    <div className={styles.files}>
      <div className={styles.deeds}>
        {isCampaign && (
          <Button
            variant="primary"
            isDisabled={noPoints !== undefined}
            hint={noPoints}
            onPress={() => setIsReportOpen(true)}
          >
            Show report
          </Button>
        )}
        {offers.map(({format, label, hint}) => (
          <Button
            key={format}
            isDisabled={noPoints !== undefined}
            hint={noPoints ?? hint}
            onPress={() => void saveSession(summary.uid, format)}
          >
            {label}
          </Button>
        ))}
      </div>
      {artifacts.length > 0 && <StoredFiles artifacts={artifacts} />}
      <h3>Details</h3>
      <Details data={data} />
      <ReportSheet
        sessionUid={summary.uid}
        title={summary.title}
        isOpen={isReportOpen}
        onClose={() => setIsReportOpen(false)}
      />
    </div>
  );
}

/** Everything that was kept as a file; one can be saved. */
function StoredFiles({artifacts}: Pick<SessionData, 'artifacts'>): ReactElement {
  const [chosenUid, setChosenUid] = useState<string | null>(null);
  return (
    <>
      <div className={styles.artifactHead}>
        <h3>Stored files</h3>
        <Button
          isCompact
          isDisabled={chosenUid === null}
          hint={chosenUid === null ? 'Choose a file in the list' : undefined}
          onPress={() => chosenUid !== null && void saveArtifact(chosenUid)}
        >
          Save chosen file
        </Button>
      </div>
      <Table
        label="Stored files"
        items={artifacts}
        columns={artifactColumns}
        idOf={({uid}) => uid}
        selectedId={chosenUid}
        onSelect={setChosenUid}
        onOpen={(uid) => void saveArtifact(uid)}
        heightRem={Math.min(16, 2.4 + 2.2 * artifacts.length)}
        empty=""
      />
    </>
  );
}

function Details({data: {summary, details}}: {readonly data: SessionData}): ReactElement {
  return (
    <dl className={styles.facts}>
      <dt>bench</dt>
      <dd>{summary.benchName}</dd>
      <dt>design</dt>
      <dd>
        {summary.designName || '–'} {summary.designHash ?? ''}
      </dd>
      <dt>session</dt>
      <dd>{summary.uid}</dd>
      {Object.entries(details).map(([name, value]) => (
        <Fact key={name} name={nameText(name)} value={detailText(value)} />
      ))}
    </dl>
  );
}

function Fact({name, value}: {readonly name: string; readonly value: string}): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
