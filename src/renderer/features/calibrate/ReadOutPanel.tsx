import {skipToken, useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {percentText} from '../../../base/number-format.ts';
import type {AsBuiltEntry, Computation} from '../../../contract/api/index.ts';
import type {ReadOutStudyData} from '../../../contract/read-out-calibration.ts';
import {client, queries, useConnection} from '../../connection/index.ts';
import {Checkbox, dateTimeText, EmptyState, NumberField, Panel, StartComputation} from '../../parts/index.ts';
import {useStudy} from '../../run-data/index.ts';
import {ConfusionMatrix, RateGauge} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';
import {ReadOutNeed} from './ReadOutNeed.tsx';

const shownCount = 12;

/** Weights and offsets for the measured energies, learnt from campaigns and tested by objects never used. */
export function ReadOutPanel({
  record,
  computations,
}: {
  readonly record: AsBuiltEntry | null;
  readonly computations: readonly Computation[];
}): ReactElement {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [testedCount, setTestedCount] = useState(20);
  const {result} = useStudy('learn-read-out');
  const learn = (isKept: boolean): Promise<unknown> =>
    client.calibrate.learnReadOut({sessionUids: [...chosen], testedCount, isKept});
  return (
    <Panel title="3. Read-out: learn it from measured digits">
      <ReadOutNeed chosen={record} computations={computations} />
      <Campaigns chosen={chosen} onChoose={setChosen} />
      <StartComputation
        kind="learn-read-out"
        computations={computations}
        missing={chosen.size === 0 ? 'Choose campaigns of one bench and design.' : undefined}
        acts={[
          {label: 'Try', hint: 'Nothing is changed', start: () => learn(false)},
          {
            label: 'Calibrate the read-out',
            hint: 'Campaigns on this bench show its verdicts beside the raw ones',
            start: () => learn(true),
          },
        ]}
      >
        <NumberField
          label="Digits that test it"
          unit=""
          isWhole
          value={testedCount}
          onChange={setTestedCount}
        />
      </StartComputation>
      {result?.kind === 'learn-read-out' && <Study study={result.study} isKept={result.uid !== null} />}
    </Panel>
  );
}

/** The newest campaigns, of which some are chosen. */
function Campaigns(props: {
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}): ReactElement {
  const {chosen, onChoose} = props;
  const isConnected = useConnection(({phase}) => phase === 'open');
  const found = useQuery(
    queries.sessions.search.queryOptions({input: isConnected ? {limit: 200} : skipToken, staleTime: 5000}),
  );
  const campaigns = (found.data?.sessions ?? []).filter(({kind}) => kind === 'campaign').slice(0, shownCount);
  if (campaigns.length === 0)
    return <EmptyState title="No campaign yet" text="A read-out is learnt from measured digits." />;
  const change = (uid: string, isIn: boolean): void => {
    const next = new Set(chosen);
    if (isIn) next.add(uid);
    else next.delete(uid);
    onChoose(next);
  };
  return (
    <div className={styles.list} role="group" aria-label="Campaigns to learn from">
      {campaigns.map(({uid, title, createdAt}) => (
        <Checkbox key={uid} isSelected={chosen.has(uid)} onChange={(isIn) => change(uid, isIn)}>
          {`${title || 'without title'}, ${dateTimeText(createdAt).slice(0, 16)}`}
        </Checkbox>
      ))}
    </div>
  );
}

function Study({study, isKept}: {readonly study: ReadOutStudyData; readonly isKept: boolean}): ReactElement {
  const {before, after, curve, neededCount, learnedRunUids} = study;
  return (
    <>
      <p role="status">
        {`Learnt from ${learnedRunUids.length} digits. ${isKept ? 'It is kept.' : 'It is not kept.'} ${
          neededCount === null
            ? 'No number of digits that was tried gains anything.'
            : `${neededCount} digits come within a point of the best.`
        }`}
      </p>
      <RateGauge label="As it is, tested digits read right" rate={before} tone="measured" />
      <RateGauge label="Calibrated, tested digits read right" rate={after} tone="accent" />
      <table className={styles.numbers}>
        <caption>How many digits are needed</caption>
        <thead>
          <tr>
            <th scope="col">learnt from</th>
            <th scope="col">right of the tested</th>
            <th scope="col">95 % interval</th>
          </tr>
        </thead>
        <tbody>
          {curve.map(({count, accuracy, low, high}) => (
            <tr key={count}>
              <th scope="row">{count}</th>
              <td>{percentText(accuracy)}</td>
              <td>{`${percentText(low)} to ${percentText(high)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.matrices}>
        <ConfusionMatrix caption="Tested digits as it is" counts={study.confusionBefore} tone="measured" />
        <ConfusionMatrix caption="Tested digits, calibrated" counts={study.confusionAfter} tone="measured" />
      </div>
    </>
  );
}
