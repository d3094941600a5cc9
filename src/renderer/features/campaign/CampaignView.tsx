import {type ReactElement, useState} from 'react';
import type {CampaignState} from '../../../contract/api/index.ts';
import {regionLabelsOf} from '../../../contract/campaign-result.ts';
import {Panel, ProblemBox} from '../../parts/index.ts';
import type {Problem} from '../../connection/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {type Against, shownAgainst} from './campaign-labels.ts';
import {itemLight} from './campaign-labels.ts';
import {CampaignHead} from './CampaignHead.tsx';
import styles from './CampaignPage.module.css';
import {DigitActs} from './DigitActs.tsx';
import {DigitMaps} from './DigitMaps.tsx';
import {DigitStrip, resultOf} from './DigitStrip.tsx';
import {DigitVerdict} from './DigitVerdict.tsx';
import {Tally} from './Tally.tsx';

const sentenceCase = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** A campaign, live or stored: its digits, the one that is looked at, and what all of them say together. */
export function CampaignView(props: {
  readonly state: CampaignState;
  readonly problem: Problem | null;
  readonly onNew: () => void;
}): ReactElement {
  const {state, problem, onNew} = props;
  const [chosenAgainst, setAgainst] = useChoice<Against>('campaign.against', 'nominal');
  const against = shownAgainst(chosenAgainst, state.result);
  // The digit under way is shown until one is chosen; choosing the one under way follows again.
  const [chosenIndex, setChosenIndex] = useState<number | null>(null);
  const current = state.items.find(({state: own}) => own === 'running');
  const lastDone = state.items.findLast(({state: own}) => own === 'done' || own === 'failed');
  const followed = current ?? lastDone ?? state.items[0];
  const item = state.items.find(({index}) => index === chosenIndex) ?? followed;
  const digit = item ? resultOf(state.result, item) : null;
  return (
    <div className={styles.campaign}>
      <CampaignHead state={state} runUid={digit ? digit.runUid : null} onNew={onNew} />
      {problem && <ProblemBox problem={problem} />}
      <DigitStrip
        items={state.items}
        result={state.result}
        against={against}
        chosenIndex={item?.index ?? null}
        onChoose={(index) => setChosenIndex(index === current?.index ? null : index)}
      />
      {item && (
        <>
          <Panel
            title={`${sentenceCase(item.sample)}: ${itemLight(item).label}`}
            className={styles.mapsPanel}
            tools={<DigitActs sessionUid={state.sessionUid} item={item} isLive={state.isLive} />}
          >
            {item.isExcluded && (
              <ProblemBox level="attention" problem={{message: `Excluded: ${item.excludedBecause}`}} />
            )}
            <DigitMaps
              item={item}
              digit={digit}
              against={against}
              onAgainst={setAgainst}
              version={state.version}
            />
          </Panel>
          <Panel title="Verdict of this digit" className={styles.verdictPanel}>
            <DigitVerdict
              item={item}
              digit={digit}
              labels={state.result ? regionLabelsOf(state.result) : []}
              against={against}
            />
          </Panel>
        </>
      )}
      <Panel title="All digits" className={styles.tallyPanel}>
        <Tally result={state.result} against={against} />
      </Panel>
    </div>
  );
}
