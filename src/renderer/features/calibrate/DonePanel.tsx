import {useQuery, useQueryClient} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {useLocation} from 'wouter';
import type {ReadOutEntry} from '../../../contract/api/index.ts';
import {client, queries, useConnection} from '../../connection/index.ts';
import {attempt, Button, dateTimeText, EmptyState, Panel, useRefusal} from '../../parts/index.ts';
import {ConfusionMatrix} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';

const timeText = (timeS: number): string => dateTimeText(new Date(timeS * 1000).toISOString()).slice(0, 16);

/** What was done: calibrations of read-outs, which can be revoked, and plates that were designed again. */
export function DonePanel(): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const own = {enabled: isConnected, refetchInterval: 5000};
  const readOuts =
    useQuery({...queries.calibrate.readOuts.queryOptions({input: {}}), ...own}).data?.readOuts ?? [];
  const reprints = useQuery({...queries.calibrate.reprints.queryOptions(), ...own}).data?.reprints ?? [];
  const [, navigate] = useLocation();
  return (
    <Panel title="What was done">
      {readOuts.length + reprints.length === 0 && (
        <EmptyState
          title="Nothing yet"
          text="Calibrated read-outs and plates that were designed again stand here."
        />
      )}
      <ul className={styles.list}>
        {readOuts.map((own) => (
          <ReadOutItem key={own.uid} readOut={own} />
        ))}
        {reprints.map(({uid, timeS, designName, lineage}) => (
          <li key={uid}>
            <span>
              {`${designName}, ${timeText(timeS)}: plate ${lineage.plate} of ${lineage.parentName}; foretold ${lineage.after.successes} of ${lineage.after.count}, ${lineage.before.successes} before`}
            </span>
            <Button isCompact onPress={() => navigate('/design')}>
              Print it on the page Design
            </Button>
          </li>
        ))}
      </ul>
      {reprints[0] && (
        <div className={styles.matrices}>
          <ConfusionMatrix
            caption="As built, foretold"
            counts={reprints[0].lineage.confusionBefore}
            tone="simulated"
          />
          <ConfusionMatrix
            caption="With the new plate, foretold"
            counts={reprints[0].lineage.confusionAfter}
            tone="simulated"
          />
        </div>
      )}
    </Panel>
  );
}

function ReadOutItem({readOut}: {readonly readOut: ReadOutEntry}): ReactElement {
  const {uid, timeS, designName, benchName, status, statusText, study} = readOut;
  const queryClient = useQueryClient();
  const refusal = useRefusal('operate');
  const revoke = async (): Promise<void> => {
    await attempt(
      () => client.calibrate.revokeReadOut({uid}),
      'It is revoked: campaigns are shown without it.',
    );
    await queryClient.invalidateQueries({queryKey: queries.calibrate.readOuts.key()});
  };
  return (
    <li>
      <span>
        {`Read-out of ${designName}, ${benchName}, ${timeText(timeS)}: ${study.after.successes} of ${study.after.count} tested digits right, ${study.before.successes} before; ${status}`}
        {statusText !== '' && <span className={styles.quiet}> {statusText}</span>}
      </span>
      {status !== 'revoked' && (
        <Button
          isCompact
          isDisabled={refusal !== undefined}
          hint={refusal ?? 'Raw verdicts stay as they are'}
          onPress={() => void revoke()}
        >
          Revoke
        </Button>
      )}
    </li>
  );
}
