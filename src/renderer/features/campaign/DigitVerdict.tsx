import {type ReactElement, useMemo} from 'react';
import type {CampaignItem} from '../../../contract/api/index.ts';
import type {CampaignDigitResult, CampaignResult} from '../../../contract/campaign-result.ts';
import {EmptyState} from '../../parts/index.ts';
import {RegionBars} from '../../viewer/index.ts';
import {
  type Against,
  calibratedText,
  likenessText,
  marginPartsText,
  scoreOf,
  verdictSentence,
} from './campaign-labels.ts';
import styles from './CampaignPage.module.css';

/** Shares of the regions, measured beside simulated, and what they say in words. */
export function DigitVerdict(props: {
  readonly item: CampaignItem;
  readonly digit: CampaignDigitResult | null;
  readonly labels: CampaignResult['labels'];
  readonly against: Against;
}): ReactElement {
  const {item, digit, labels, against} = props;
  const bars = useMemo(() => (digit ? barsOf(digit, labels, against) : null), [digit, labels, against]);
  if (!digit || !bars)
    return (
      <EmptyState
        title="No verdict yet"
        text={
          item.isExcluded
            ? `Excluded: ${item.excludedBecause}. Its points stay stored.`
            : 'Shares, winner and margin appear when the digit is measured.'
        }
      />
    );
  const partsText = marginPartsText(digit.measured);
  return (
    <div className={styles.verdict}>
      <p className={styles.sentence} role="status">
        {verdictSentence(digit, against)}
      </p>
      {digit.calibrated && <p className={styles.quietText}>{calibratedText(digit.calibrated)}</p>}
      <p className={styles.quietText}>{likenessText(scoreOf(digit, against))}</p>
      {partsText !== '' && <p className={styles.quietText}>{partsText}</p>}
      <div className={styles.bars}>
        <RegionBars
          label={`Shares of the energy in the regions, digit ${item.label}`}
          regionLabels={labels}
          unit="%"
          {...bars}
        />
      </div>
      {digit.measured.problem !== '' && <p className={styles.problem}>{digit.measured.problem}</p>}
    </div>
  );
}

function barsOf(digit: CampaignDigitResult, labels: readonly string[], against: Against) {
  const {measured} = digit;
  const simulated = scoreOf(digit, against);
  const percent = (shares: readonly number[] | null): number[] | null =>
    shares ? shares.map((share) => share * 100) : null;
  const indexOf = (winner: string | null): number | null => {
    const index = winner === null ? -1 : labels.indexOf(winner);
    return index < 0 ? null : index;
  };
  return {
    measured: percent(measured.shares),
    sigma: percent(measured.sharesSigma),
    simulated: percent(simulated.shares),
    measuredWinner: measured.verdict === 'decided' ? indexOf(measured.winner) : null,
    simulatedWinner: indexOf(simulated.winner),
  };
}
