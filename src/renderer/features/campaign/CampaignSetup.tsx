import {countOf} from '../../../base/count-text.ts';
import {type ReactElement, type ReactNode, useState} from 'react';
import type {DigitChoice} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {
  BenchPlates,
  DesignSelect,
  durationText,
  NumberField,
  Panel,
  ProblemBox,
  StartButtons,
  SuspenderPanel,
  checkSuspending,
  Switch,
  TextField,
  countText,
} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {type CampaignDraft, changeDraft, type DraftProblems, useCampaignDraft} from './campaign-draft.ts';
import {ChosenDigits} from './ChosenDigits.tsx';
import {DigitPicker} from './DigitPicker.tsx';
import {idsOf} from './digit-selection.ts';
import styles from './CampaignPage.module.css';
import {type CampaignPlanning, useCampaignPlan} from './use-campaign-plan.ts';

/** Choose digits and how they are measured, see what it takes, start. */
export function CampaignSetup(props: {
  readonly onStarted: () => void;
  /** Campaigns of before, at the foot of the form. */
  readonly earlier: ReactNode;
}): ReactElement {
  const draft = useCampaignDraft();
  const planning = useCampaignPlan(draft, props.onStarted);
  const {start, problems} = planning;
  useActions([
    {
      id: 'campaign.start',
      title: 'Start the campaign',
      group: 'Campaign',
      shortcut: 'mod+enter',
      disabledBecause: start.disabledBecause,
      run: start.run,
    },
  ]);
  // A digit that was just picked has its picture from the set, until the plan names it.
  const [seen, setSeen] = useState<readonly DigitChoice[]>(noDigits);
  const digits = planning.plan?.digits ?? noDigits;
  return (
    <div className={styles.setup}>
      <Panel title="Digits of this campaign" className={styles.chosen}>
        <ChosenDigits draft={draft} digits={digits} seen={seen} problems={problems} />
      </Panel>
      <Panel title="Pick from the set" className={styles.picker}>
        <DigitPicker
          designFolder={draft.designFolder}
          pickedIds={idsOf(
            draft.selection,
            digits.map(({id}) => id),
          )}
          onPick={(ids, shown) => {
            setSeen((before) => [
              ...before.filter(({id}) => ids.includes(id)),
              ...shown.filter(({id}) => ids.includes(id) && !before.some((known) => known.id === id)),
            ]);
            changeDraft({selection: {kind: 'picked', ids}});
          }}
        />
      </Panel>
      <div className={styles.formColumn}>
        <Panel title="How it is measured">
          <MeasureFields draft={draft} problems={problems} />
        </Panel>
        <SuspenderPanel draft={draft} checked={checkSuspending(draft)} onChange={changeDraft} />
        <StartBar planning={planning} />
        {props.earlier}
      </div>
    </div>
  );
}

const noDigits: readonly DigitChoice[] = [];

/** What it takes, and the ways to have it measured: now, or when its turn comes. */
function StartBar({planning}: {readonly planning: CampaignPlanning}): ReactElement {
  const {start, queue} = planning;
  return (
    <div className={styles.startBar}>
      <PlanVerdict planning={planning} />
      <StartButtons
        act="campaign.start"
        label="Start campaign"
        hint="Source on, dark level, beam, registration, digits (Ctrl+Enter)"
        start={start}
        queue={queue}
      />
    </div>
  );
}

function PlanVerdict({planning}: {readonly planning: CampaignPlanning}): ReactElement {
  const {plan, isCurrent, problem, start} = planning;
  const refusal = problem || (isCurrent && plan && !plan.isAllowed ? plan.refusal : '');
  return (
    <>
      {plan && isCurrent && plan.points > 0 && (
        <p className={styles.sentence} role="status">
          {countOf(plan.digits.length, 'digit')}, {countText(plan.points)} points, about{' '}
          {durationText(plan.seconds)}
        </p>
      )}
      {refusal !== '' && <ProblemBox problem={{message: refusal}} />}
      {refusal === '' && start.disabledBecause !== undefined && (
        <p className={styles.quietText}>{start.disabledBecause}</p>
      )}
    </>
  );
}

function MeasureFields({
  draft,
  problems,
}: {
  readonly draft: CampaignDraft;
  readonly problems: DraftProblems;
}): ReactElement {
  return (
    <>
      <DesignSelect folder={draft.designFolder} onChange={(designFolder) => changeDraft({designFolder})} />
      <BenchPlates folder={draft.designFolder} />
      <div className={styles.pair}>
        <DraftNumber of="stepMm" label="Step" unit="mm" {...{draft, problems}} />
        <DraftNumber of="marginMm" label="Margin around regions" unit="mm" {...{draft, problems}} />
        <DraftNumber of="residualPercent" label="Settle to" unit="%" {...{draft, problems}} />
        <DraftNumber of="readingCount" label="Readings a point" unit="" isWhole {...{draft, problems}} />
      </div>
      <ReferenceFields {...{draft, problems}} />
      <AlignSwitch align={draft.align} />
      <NameFields draft={draft} />
    </>
  );
}

/** Numbers of the draft. */
type NumberKey = {
  [Key in keyof CampaignDraft]: CampaignDraft[Key] extends number ? Key : never;
}[keyof CampaignDraft];

/** A number of the draft with its problem. */
function DraftNumber({
  of,
  draft,
  problems,
  ...field
}: {
  readonly of: NumberKey;
  readonly label: string;
  readonly unit: string;
  readonly isWhole?: boolean;
  readonly description?: string;
  readonly draft: CampaignDraft;
  readonly problems: DraftProblems;
}): ReactElement {
  return (
    <NumberField
      {...field}
      value={draft[of]}
      onChange={(value) => changeDraft({[of]: value})}
      problem={problems[of]}
    />
  );
}

function ReferenceFields(props: {
  readonly draft: CampaignDraft;
  readonly problems: DraftProblems;
}): ReactElement {
  const {draft, problems} = props;
  return (
    <>
      <DraftNumber
        of="referenceEvery"
        label="Points between reference visits"
        unit=""
        isWhole
        description="0: no reference visits, drift goes unseen."
        {...{draft, problems}}
      />
      {draft.referenceEvery > 0 && (
        <DraftNumber
          of="referencePatchMm"
          label="Places around it, apart by"
          unit="mm"
          description="0: lost steps go unseen. 0.2 mm or so: the campaign pauses where the stage has lost its place."
          {...{draft, problems}}
        />
      )}
    </>
  );
}

function NameFields({draft}: {readonly draft: CampaignDraft}): ReactElement {
  const operator = useSettings((settings) => settings.operator);
  return (
    <div className={styles.pair}>
      <TextField label="Title" value={draft.title} onChange={(title) => changeDraft({title})} />
      <TextField
        label="Operator"
        value={draft.operator ?? operator}
        onChange={(next) => changeDraft({operator: next})}
      />
    </div>
  );
}

function AlignSwitch({align}: Pick<CampaignDraft, 'align'>): ReactElement {
  return (
    <Switch isSelected={align === 'auto'} onChange={(isOn) => changeDraft({align: isOn ? 'auto' : 'off'})}>
      Align with its own planes, once five digits are measured
    </Switch>
  );
}
