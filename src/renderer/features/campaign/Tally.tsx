import type {ReactElement} from 'react';
import {readOutText, type CampaignResult, type MatrixPair} from '../../../contract/campaign-result.ts';
import {EmptyState} from '../../parts/index.ts';
import {ConfusionMatrix, RateGauge} from '../../viewer/index.ts';
import {
  type Against,
  againstLabels,
  matchRows,
  rateText,
  registrationSentence,
  winnersText,
} from './campaign-labels.ts';
import styles from './CampaignPage.module.css';

/** How often measured and simulated verdicts agree, so far, and both confusion matrices. */
export function Tally(props: {
  readonly result: CampaignResult | null;
  readonly against: Against;
}): ReactElement {
  const {result, against} = props;
  if (!result)
    return (
      <EmptyState
        title="No digit is evaluated yet"
        text="Match rate and confusion matrices grow here with every digit."
      />
    );
  const {match, accuracy, simulated} = tallyOf(result, against);
  return (
    // It scrolls where there is little room, so that it has to be reached by the keyboard too.
    <div className={styles.tally} role="group" aria-label="Rates and matrices" tabIndex={0}>
      <RateGauge
        label={`Verdicts that match the simulation ${againstLabels[against]}`}
        rate={match}
        tone="accent"
      />
      <RateGauge label="Measured verdict is the true class" rate={result.accuracyMeasured} tone="measured" />
      {result.readOutCalibration && (
        <>
          <RateGauge
            label="Winner is the true class, raw read-out"
            rate={result.readOutCalibration.winnersRaw}
            tone="measured"
          />
          <RateGauge
            label="Winner is the true class, calibrated read-out"
            rate={result.readOutCalibration.winnersCalibrated}
            tone="measured"
          />
          <p className={styles.quietText}>{readOutText(result.readOutCalibration)}</p>
        </>
      )}
      <RateGauge
        label={`Simulated verdict ${againstLabels[against]} is the true class`}
        rate={accuracy}
        tone="simulated"
      />
      <MatchTable result={result} />
      <p>
        {result.undecidedCount} undecided: the winner stands less than {result.decisionLevelSigma} σ above the
        next. {winnersText(result)}
      </p>
      <Matrices result={result} simulated={simulated} against={against} />
      <p className={styles.quietText}>{registrationSentence(result.registration)}</p>
    </div>
  );
}

function Matrices(props: {
  readonly result: CampaignResult;
  readonly simulated: MatrixPair;
  readonly against: Against;
}): ReactElement {
  const {result, simulated, against} = props;
  return (
    <div className={styles.matrices}>
      <ConfusionMatrix
        caption="Measured"
        classLabels={result.labels}
        counts={result.matrices.measured.counts}
        undecided={result.matrices.measured.undecided}
        tone="measured"
      />
      {result.readOutCalibration && (
        <ConfusionMatrix
          caption="Measured, calibrated read-out"
          classLabels={result.labels}
          counts={result.readOutCalibration.matrix.counts}
          undecided={result.readOutCalibration.matrix.undecided}
          tone="measured"
        />
      )}
      <ConfusionMatrix
        caption={`Simulated ${againstLabels[against]}`}
        classLabels={result.labels}
        counts={simulated.counts}
        undecided={simulated.undecided}
        tone="simulated"
      />
    </div>
  );
}

function MatchTable({result}: {readonly result: CampaignResult}): ReactElement {
  return (
    <table className={styles.matches}>
      <caption>Verdicts that match the simulation</caption>
      <tbody>
        {matchRows(result).map(({name, rate}) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{rateText(rate)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function tallyOf(result: CampaignResult, against: Against) {
  const {matrices, alignment} = result;
  if (against === 'aligned' && alignment && matrices.aligned)
    return {match: alignment.matchAligned, accuracy: alignment.accuracyAligned, simulated: matrices.aligned};
  return against === 'nominal'
    ? {match: result.matchNominal, accuracy: result.accuracyNominal, simulated: matrices.nominal}
    : {match: result.matchRegistered, accuracy: result.accuracyRegistered, simulated: matrices.registered};
}
