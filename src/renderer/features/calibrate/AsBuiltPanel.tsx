import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {countOf} from '../../../base/count-text.ts';
import {fixedText} from '../../../base/number-format.ts';
import type {AsBuiltEntry, Computation} from '../../../contract/api/index.ts';
import type {AsBuiltPlate} from '../../../contract/as-built.ts';
import {useLocation} from 'wouter';
import {client, queries, useConnection} from '../../connection/index.ts';
import {
  attempt,
  Button,
  dateTimeText,
  EmptyState,
  NumberField,
  Panel,
  Select,
  StartComputation,
} from '../../parts/index.ts';
import {fileNameFrom, saveFile} from '../../parts/save-file.ts';
import styles from './CalibratePage.module.css';
import {findingsText} from './findings-text.ts';

/** How a network was built: records that were made, the plates of one, and a new one from an alignment. */
export function AsBuiltPanel(props: {
  readonly records: readonly AsBuiltEntry[];
  readonly chosen: AsBuiltEntry | null;
  readonly onChoose: (uid: string) => void;
  readonly computations: readonly Computation[];
}): ReactElement {
  const {records, chosen, onChoose, computations} = props;
  return (
    <Panel
      title="1. What is wrong: the network as built"
      tools={
        chosen && (
          <Button
            isCompact
            onPress={() =>
              void attempt(() =>
                saveFile(
                  `${fileNameFrom(chosen.record.designName)}-as-built-${chosen.record.version}.json`,
                  'application/json',
                  `${JSON.stringify(chosen, null, 2)}\n`,
                ),
              )
            }
          >
            Save as JSON
          </Button>
        )
      }
    >
      {chosen ? (
        <>
          <Select
            label="As-built record"
            value={chosen.uid}
            options={records.map(({uid, timeS, benchName, record}) => ({
              value: uid,
              label: `${record.designName}, version ${record.version}, ${benchName}, ${dateTimeText(new Date(timeS * 1000).toISOString()).slice(0, 16)}`,
            }))}
            onChange={onChoose}
          />
          <RecordStatus entry={chosen} />
          <p>{findingsText(chosen.record.plates)}</p>
          <Plates plates={chosen.record.plates} />
          <p className={styles.quiet}>{fittedText(chosen)}</p>
        </>
      ) : (
        <EmptyState
          title="No network is recorded yet"
          text="Align the planes of a campaign, then record where its plates stand and how they were printed."
        />
      )}
      <RecordForm computations={computations} />
    </Panel>
  );
}

/** Whether predictions use a record, and where its alignment is accepted if they do not. */
function RecordStatus({entry}: {readonly entry: AsBuiltEntry}): ReactElement {
  const {status, statusText, record} = entry;
  const [, navigate] = useLocation();
  return (
    <div className={styles.bar}>
      <span className={styles.quiet}>
        {status === 'current' ? 'Predictions as aligned use it.' : statusText}
      </span>
      {status === 'not-accepted' && (
        <Button isCompact onPress={() => navigate(`/align?result=${record.alignmentUid}`)}>
          Look at the alignment
        </Button>
      )}
    </div>
  );
}

const fittedText = ({record: {fittedRunUids, fittedPointCount}}: AsBuiltEntry): string =>
  fittedRunUids.length === 0
    ? 'Heights were not fitted.'
    : `Heights were fitted to ${countOf(fittedRunUids.length, 'plane')} with ${countOf(fittedPointCount, 'point')}.`;

function Plates({plates}: {readonly plates: readonly AsBuiltPlate[]}): ReactElement {
  const hasTilts = plates.some(({tiltXDeg, tiltYDeg}) => tiltXDeg !== undefined || tiltYDeg !== undefined);
  return (
    <div className={styles.plates} role="group" aria-label="Plates as built" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {[
              'plate',
              'x (mm)',
              'y (mm)',
              'z (mm)',
              'turn (deg)',
              ...(hasTilts ? ['tilt x (deg)', 'tilt y (deg)'] : []),
              'index',
              'heights off, RMS (µm)',
              'unknown (µm)',
            ].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plates.map(
            ({plate, dxMm, dyMm, dzMm, rotationDeg, tiltXDeg, tiltYDeg, refractiveIndex, heights}) => (
              <tr key={plate}>
                <th scope="row">{plate}</th>
                <td>{foundText(dxMm, 3)}</td>
                <td>{foundText(dyMm, 3)}</td>
                <td>{foundText(dzMm, 3)}</td>
                <td>{foundText(rotationDeg, 3)}</td>
                {hasTilts && <td>{tiltXDeg ? foundText(tiltXDeg, 3) : '–'}</td>}
                {hasTilts && <td>{tiltYDeg ? foundText(tiltYDeg, 3) : '–'}</td>}
                <td>{foundText(refractiveIndex, 4)}</td>
                <td>{`${fixedText(1000 * heights.rmsMm, 1)} (${heights.source})`}</td>
                <td>{heights.errorMm === null ? '–' : fixedText(1000 * heights.errorMm, 1)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

const foundText = ({value, sigma}: AsBuiltPlate['dxMm'], digits: number): string =>
  `${fixedText(value, digits)}${sigma === null ? '' : ` ± ${fixedText(sigma, digits)}`}`;

/** Records an alignment with the heights that its planes tell. */
function RecordForm({computations}: {readonly computations: readonly Computation[]}): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const {data} = useQuery({...queries.align.results.queryOptions({input: {}}), enabled: isConnected});
  const alignments = data?.alignments ?? [];
  const [wantedUid, setUid] = useState('');
  const [planeCount, setPlaneCount] = useState(20);
  const [, navigate] = useLocation();
  const uid = alignments.some((own) => own.uid === wantedUid) ? wantedUid : alignments[0]?.uid;
  if (uid === undefined)
    return (
      <div className={styles.bar}>
        <Button onPress={() => navigate('/align')}>Align planes</Button>
        <Button onPress={() => navigate('/campaign')}>Plan a campaign</Button>
      </div>
    );
  return (
    <StartComputation
      kind="as-built"
      computations={computations}
      acts={[
        {
          label: 'Record as built',
          id: 'calibrate.record',
          hint: 'Fit the heights of the prints and write down how the network was built',
          start: () => client.calibrate.recordAsBuilt({alignmentUid: uid, planeCount}),
        },
      ]}
    >
      <Select
        label="Alignment"
        value={uid}
        options={alignments.map((own) => ({
          value: own.uid,
          label: `${own.designName}, ${own.benchName}, ${own.verdict}, ${dateTimeText(new Date(own.timeS * 1000).toISOString()).slice(0, 16)}`,
        }))}
        onChange={setUid}
      />
      <NumberField
        label="Planes for the heights, at most"
        unit=""
        isWhole
        value={planeCount}
        onChange={setPlaneCount}
      />
    </StartComputation>
  );
}
