import {countOf} from '../../../base/count-text.ts';
import {type ReactElement, useMemo, useState} from 'react';
import {ListBox} from 'react-aria-components';
import type {DigitChoice} from '../../../contract/api/index.ts';
import {DigitTile} from '../../parts/DigitTiles.tsx';
import {Button, NumberField, EmptyState} from '../../parts/index.ts';
import {changeDraft, type CampaignDraft, type DraftProblems} from './campaign-draft.ts';
import {idsOf, moved, withoutId} from './digit-selection.ts';
import styles from './CampaignPage.module.css';

/** The digits of the campaign in their order; drawn from a seed or picked, moved and taken out by hand. */
export function ChosenDigits(props: {
  readonly draft: CampaignDraft;
  /** As planned. */
  readonly digits: readonly DigitChoice[];
  /** Picked from the set by hand; the plan may not name them yet. */
  readonly seen: readonly DigitChoice[];
  readonly problems: DraftProblems;
}): ReactElement {
  const {draft, digits, seen, problems} = props;
  const {selection} = draft;
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const ids = idsOf(
    selection,
    digits.map(({id}) => id),
  );
  const known = useMemo(() => [...digits, ...seen], [digits, seen]);
  const change = (next: readonly string[]): void => changeDraft({selection: {kind: 'picked', ids: next}});
  const chosen = selectedId !== null && ids.includes(selectedId) ? selectedId : null;
  const acts = (
    <>
      <Button
        isCompact
        isDisabled={chosen === null || ids[0] === chosen}
        onPress={() => chosen !== null && change(moved(ids, chosen, -1))}
      >
        Earlier
      </Button>
      <Button
        isCompact
        isDisabled={chosen === null || ids.at(-1) === chosen}
        onPress={() => chosen !== null && change(moved(ids, chosen, 1))}
      >
        Later
      </Button>
      <Button
        isCompact
        isDisabled={chosen === null}
        onPress={() => chosen !== null && change(withoutId(ids, chosen))}
      >
        Take out
      </Button>
      <Button isCompact variant="quiet" isDisabled={ids.length === 0} onPress={() => change([])}>
        Take all out
      </Button>
    </>
  );
  return (
    <>
      <DrawFields draft={draft} problems={problems} />
      <div className={styles.chosenHead}>
        <span>
          {countOf(ids.length, 'digit')}, {selection.kind === 'drawn' ? 'drawn at random' : 'picked by hand'},
          in this order
        </span>
        <div className={styles.acts}>{acts}</div>
      </div>
      <ChosenList digits={known} ids={ids} chosen={chosen} onChoose={setSelectedId} />
      {problems.selection !== undefined && <p className={styles.problem}>{problems.selection}</p>}
    </>
  );
}

function ChosenList(props: {
  readonly digits: readonly DigitChoice[];
  readonly ids: readonly string[];
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}): ReactElement {
  const {digits, ids, chosen, onChoose} = props;
  const items = ids.map((id) => ({id, digit: digits.find((digit) => digit.id === id)}));
  return (
    <ListBox
      aria-label="Digits of the campaign, in order"
      layout="grid"
      className={styles.digitGrid ?? ''}
      items={items}
      selectionMode="single"
      selectionBehavior="replace"
      escapeKeyBehavior="none"
      selectedKeys={chosen === null ? [] : [chosen]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys];
        onChoose(key === undefined ? null : String(key));
      }}
      dependencies={[digits]}
      renderEmptyState={() => (
        <EmptyState
          title="No digit is chosen"
          text="Pick digits from the set, or have some drawn at random."
        />
      )}
    >
      {({id, digit}) => (
        <DigitTile id={id} digit={digit} text={digit ? digitText(digit) : '...'} pictureSizePx={40} />
      )}
    </ListBox>
  );
}

/** The class, and what the nominal twin makes of it where it was computed: `7`, `7 → 2`. */
const digitText = ({label, predicted}: DigitChoice): string =>
  predicted === null || predicted === label ? label : `${label} → ${predicted}`;

function DrawFields({
  draft,
  problems,
}: {
  readonly draft: CampaignDraft;
  readonly problems: DraftProblems;
}): ReactElement {
  const {selection} = draft;
  const [kept, setKept] = useState({count: 10, seed: 1});
  const {count, seed} = selection.kind === 'drawn' ? selection : kept;
  const draw = (next: {count: number; seed: number}): void => {
    setKept(next);
    if (selection.kind === 'drawn') changeDraft({selection: {kind: 'drawn', ...next}});
  };
  return (
    <div className={styles.drawFields}>
      <NumberField
        label="Number of digits"
        unit=""
        isWhole
        value={count}
        onChange={(next) => draw({count: next, seed})}
        problem={problems.digitCount}
      />
      <NumberField
        label="Seed"
        unit=""
        isWhole
        value={seed}
        onChange={(next) => draw({count, seed: next})}
        problem={problems.seed}
      />
      <Button
        isDisabled={selection.kind === 'drawn'}
        hint="One class after the other, at random by the seed; what was picked goes"
        onPress={() => changeDraft({selection: {kind: 'drawn', count, seed}})}
      >
        {selection.kind === 'drawn' ? 'Drawn at random' : 'Draw at random'}
      </Button>
    </div>
  );
}
