import type {ReactElement} from 'react';
import {ListBox, ListBoxItem, ListLayout, Virtualizer} from 'react-aria-components';
import type {CampaignItem} from '../../../contract/api/index.ts';
import type {CampaignDigitResult, CampaignResult} from '../../../contract/campaign-result.ts';
import {useStatus} from '../../connection/index.ts';
import {DigitThumbnail} from '../../parts/DigitThumbnail.tsx';
import {StateLight} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {type Against, itemLight, matchText, sigmaText, verdictPair} from './campaign-labels.ts';
import styles from './CampaignPage.module.css';

/** Room for the longest words of a card, "7? / 7 ? undecided", beside its picture. */
const cardWidthPx = 208;

/** Cards of all digits in their order; arrow keys go along, only those in view are drawn. */
export function DigitStrip(props: {
  readonly items: readonly CampaignItem[];
  readonly result: CampaignResult | null;
  readonly against: Against;
  readonly chosenIndex: number | null;
  readonly onChoose: (index: number) => void;
}): ReactElement {
  const {items, result, against, chosenIndex, onChoose} = props;
  const scale = useSettings((settings) => settings.scale);
  const isPersonWaitedFor = useStatus((status) => Boolean(status?.prompt));
  return (
    <Virtualizer
      layout={ListLayout}
      layoutOptions={{orientation: 'horizontal', rowSize: cardWidthPx * scale, gap: 6 * scale, padding: 2}}
    >
      <ListBox
        aria-label="Digits of the campaign"
        orientation="horizontal"
        className={styles.strip ?? ''}
        items={items.map((item) => ({id: item.index, item}))}
        selectionMode="single"
        selectionBehavior="replace"
        disallowEmptySelection
        escapeKeyBehavior="none"
        selectedKeys={chosenIndex === null ? [] : [chosenIndex]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          if (key !== undefined) onChoose(Number(key));
        }}
        dependencies={[result, against, isPersonWaitedFor]}
      >
        {({id, item}) => {
          const digit = resultOf(result, item);
          return (
            <ListBoxItem
              id={id}
              textValue={`Digit ${item.label}`}
              aria-label={cardText(item, digit, against)}
              className={styles.card ?? ''}
            >
              <DigitCard
                {...{item, digit, against}}
                isWaitingForPerson={isPersonWaitedFor && item.state === 'running'}
              />
            </ListBoxItem>
          );
        }}
      </ListBox>
    </Virtualizer>
  );
}

/** The result of a digit's newest run; null while there is none. */
export const resultOf = (
  result: CampaignResult | null,
  {runUid}: Pick<CampaignItem, 'runUid'>,
): CampaignDigitResult | null =>
  runUid === null ? null : (result?.digits.find((digit) => digit.runUid === runUid) ?? null);

/** Whether the digit was measured before what is shown or comes. */
const isAgain = ({state, runUid, earlierRunUids}: CampaignItem): boolean =>
  earlierRunUids.length > 0 || (state === 'waiting' && runUid !== null);

function cardText(item: CampaignItem, digit: CampaignDigitResult | null, against: Against): string {
  const begin = `${item.index + 1}: digit ${item.label}, ${itemLight(item).label}`;
  if (!digit) return begin;
  const match = matchText(digit, against);
  return `${begin}, measured and simulated ${verdictPair(digit, against)}${match === '' ? '' : `, ${match}`}`;
}

/** Signs before the words, for who does not see colours. */
const matchSigns = {match: '✓', differ: '≠', undecided: '?'} as const;

function DigitCard(props: {
  readonly item: CampaignItem;
  readonly digit: CampaignDigitResult | null;
  readonly against: Against;
  readonly isWaitingForPerson: boolean;
}): ReactElement {
  const {item, digit, against} = props;
  const {light, label} = props.isWaitingForPerson
    ? ({light: 'attention', label: 'waits for you'} as const)
    : itemLight(item);
  const match = digit ? matchText(digit, against) : '';
  return (
    <>
      <div className={styles.cardPicture}>
        <DigitThumbnail picture={item.picture} sizePx={44} />
        <span className={styles.cardNumber}>{item.index + 1}</span>
      </div>
      <div className={styles.cardText}>
        <StateLight light={light} label={isAgain(item) ? `${label}, again` : label} />
        <span className={styles.cardVerdict}>
          {digit ? verdictPair(digit, against) : `digit ${item.label}`}
          {match !== '' && (
            <span className={match === 'match' ? styles.good : styles.bad}>
              {` ${matchSigns[match]} ${match}`}
            </span>
          )}
        </span>
        <span className={styles.cardMargin}>
          {digit && digit.measured.winner !== null ? sigmaText(digit.measured.marginSigma) : '\u00a0'}
        </span>
      </div>
    </>
  );
}
