import {skipToken, useQuery} from '@tanstack/react-query';
import {type ReactElement, useState} from 'react';
import type {ApiOutputs} from '../../contract/api/index.ts';
import {client, queries, useConnection, useStatus} from '../connection/index.ts';
import {
  attempt,
  Button,
  countOf,
  dateTimeText,
  Dialog,
  Loading,
  ProblemBox,
  ProgressLine,
  useRefusal,
} from '../parts/index.ts';

type Report = ApiOutputs['data']['recover'];

/** How often it is asked how far the salvage is, ms. */
const lookMs = 500;

/** How far it has come: nothing yet, under way, salvaged, in place (and where the damaged one lies then). */
type Step =
  | {readonly at: 'offered' | 'under-way'}
  | {readonly at: 'salvaged'; readonly report: Report}
  | {readonly at: 'in-place'; readonly keptFolder: string};

/** Over everything where the program was started on a damaged database: what can be done about it. */
export function DamagedDatabase(): ReactElement {
  const damage = useStatus((status) => status?.saved.damage ?? '');
  const [step, setStep] = useState<Step>({at: 'offered'});
  const [isPutOff, setPutOff] = useState(false);
  const salvage = (): void => {
    setStep({at: 'under-way'});
    void attempt(async () => setStep({at: 'salvaged', report: await client.data.recover({})})).finally(() =>
      setStep((now) => (now.at === 'under-way' ? {at: 'offered'} : now)),
    );
  };
  const putInPlace = (report: Report): void =>
    void attempt(async () => {
      const folder = report.to.slice(0, Math.max(report.to.lastIndexOf('/'), report.to.lastIndexOf('\\')));
      const {keptFolder} = await client.data.putInPlace({folder});
      setStep({at: 'in-place', keptFolder});
    });
  return (
    <Dialog
      title="The database is damaged"
      isOpen={damage !== '' && !isPutOff}
      onClose={() => setPutOff(true)}
      mustAnswer
      buttons={<Verbs step={step} onSalvage={salvage} onPut={putInPlace} onPutOff={() => setPutOff(true)} />}
    >
      {step.at !== 'in-place' && <ProblemBox problem={{message: damage}} />}
      <StepText step={step} />
    </Dialog>
  );
}

function Verbs(props: {
  readonly step: Step;
  readonly onSalvage: () => void;
  readonly onPut: (report: Report) => void;
  readonly onPutOff: () => void;
}): ReactElement {
  const {step, onSalvage, onPut, onPutOff} = props;
  const refusal = useRefusal('admin');
  const end = <Button onPress={() => void attempt(() => client.app.shutDown())}>End the program</Button>;
  switch (step.at) {
    case 'offered':
    case 'under-way': {
      const why = refusal ?? (step.at === 'under-way' ? 'It is being salvaged.' : undefined);
      return (
        <>
          <Button variant="quiet" onPress={onPutOff}>
            Look around first
          </Button>
          {end}
          <Button
            variant="primary"
            isDisabled={why !== undefined}
            hint={why ?? 'The damaged file is only read'}
            onPress={onSalvage}
          >
            Salvage it into a new database
          </Button>
        </>
      );
    }
    case 'salvaged':
      return (
        <>
          {end}
          <Button
            variant="primary"
            isDisabled={refusal !== undefined}
            hint={refusal ?? 'The damaged one is kept in a folder of its own'}
            onPress={() => onPut(step.report)}
          >
            Put it in the place of the damaged one
          </Button>
        </>
      );
    case 'in-place':
      return end;
  }
}

function StepText({step}: {readonly step: Step}): ReactElement {
  switch (step.at) {
    case 'offered':
      return <Offer />;
    case 'under-way':
      return <Progress />;
    case 'salvaged':
      return <Salvaged report={step.report} />;
    case 'in-place':
      return (
        <p role="status">
          {`The salvaged database is in place, the damaged one lies in ${step.keptFolder}. End the program and start it again: it uses the new one then.`}
        </p>
      );
  }
}

function Offer(): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const {data} = useQuery(queries.data.state.queryOptions({input: isConnected ? undefined : skipToken}));
  const newest = data?.backups[0];
  return (
    <>
      <p>
        What can be read of it is taken into a new database, page by page; what is lost is told. Until then
        nothing can be measured.
      </p>
      {newest && (
        <p>
          {`The newest backup is of ${dateTimeText(1000 * newest.timeS)}: ${newest.path}. What was measured since is only in the damaged one.`}
        </p>
      )}
    </>
  );
}

function Progress(): ReactElement {
  const {data} = useQuery({...queries.data.state.queryOptions(), refetchInterval: lookMs});
  const work = data?.work ?? null;
  if (!work) return <Loading what="the damaged database" />;
  const {donePages, pageCount} = work;
  return (
    <>
      <ProgressLine label="Salvage" value={pageCount === 0 ? null : donePages / pageCount} />
      <p role="status">{`${donePages} of ${countOf(pageCount, 'page')} read.`}</p>
    </>
  );
}

function Salvaged({report}: {readonly report: Report}): ReactElement {
  const {rows, pointCount, lostPointCount, lostRowCount, madeRowCount, damage, to} = report;
  const lost =
    lostPointCount + lostRowCount === 0
      ? 'Nothing is known to be lost.'
      : `Lost, as far as numbers and ends of runs tell: ${countOf(lostPointCount, 'point')}, ${countOf(lostRowCount, 'other record')}.`;
  return (
    <>
      <p role="status">
        {`Salvaged: ${countOf(rows['sessions'] ?? 0, 'session')}, ${countOf(rows['runs'] ?? 0, 'run')}, ${countOf(pointCount, 'point')}, ${countOf(rows['calibrations'] ?? 0, 'calibration')}. ${lost}`}
      </p>
      {madeRowCount > 0 && (
        <p>{`${countOf(madeRowCount, 'record')} made in the place of lost ones, each saying so.`}</p>
      )}
      {damage.length > 0 && (
        <p>{`Not as it was stored: ${damage
          .slice(0, 5)
          .map(({where, text}) => `${where} (${text})`)
          .join('; ')}${damage.length > 5 ? `; and ${damage.length - 5} more` : ''}.`}</p>
      )}
      <p>{to}</p>
    </>
  );
}
