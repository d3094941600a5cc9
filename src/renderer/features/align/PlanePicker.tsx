import {useMemo, type ReactElement} from 'react';
import {ListBox, ListBoxItem} from 'react-aria-components';
import type {AlignSourcePlane} from '../../../contract/api/index.ts';
import {maskPlane} from '../../parts/digit-picture.ts';
import {Button, clockText, countOf, countText, EmptyState} from '../../parts/index.ts';
import {RunThumbnail} from '../../parts/RunThumbnail.tsx';
import {Thumbnail} from '../../viewer/index.ts';
import styles from './AlignPage.module.css';

const maskRange = [0, 1] as const;

interface PlaneChoice {
  readonly planes: readonly AlignSourcePlane[];
  readonly chosen: readonly string[];
  /** Whether they are those that are taken without choosing. */
  readonly isDefault: boolean;
  /** Planes that tell most, the best first; empty while nobody knows. */
  readonly recommended: readonly string[];
  /** Why they cannot be asked for, and what asks for them. */
  readonly isOrdering: boolean;
  readonly onAskOrder: () => void;
  readonly onChoose: (runUids: readonly string[]) => void;
  readonly onDefault: () => void;
}

/** The planes of a session, each with its mask; any number of them is taken. */
export function PlanePicker(props: PlaneChoice): ReactElement {
  const {planes, chosen, recommended} = props;
  const usableUids = planes.filter((plane) => plane.isUsable).map(({runUid}) => runUid);
  return (
    <>
      <PickerHead {...props} usableUids={usableUids} />
      <ListBox
        aria-label="Planes to align with"
        layout="grid"
        className={styles.planeGrid ?? ''}
        items={planes.map((plane) => ({id: plane.runUid, plane}))}
        dependencies={[chosen, recommended]}
        selectionMode="multiple"
        escapeKeyBehavior="none"
        disabledKeys={planes.filter((plane) => !plane.isUsable).map(({runUid}) => runUid)}
        selectedKeys={chosen}
        onSelectionChange={(keys) => {
          const wanted = keys === 'all' ? new Set(usableUids) : keys;
          props.onChoose(planes.map(({runUid}) => runUid).filter((uid) => wanted.has(uid)));
        }}
        renderEmptyState={() => (
          <EmptyState title="No plane here" text="Only finished grid scans of known digits can be used." />
        )}
      >
        {({id, plane}) => (
          <ListBoxItem
            id={id}
            textValue={`digit ${plane.label}, ${plane.sample}`}
            aria-label={planeLabel(plane)}
            className={styles.planeCard ?? ''}
          >
            <PlaneCard
              plane={plane}
              isTaken={chosen.includes(plane.runUid)}
              rank={recommended.indexOf(plane.runUid) + 1}
            />
          </ListBoxItem>
        )}
      </ListBox>
    </>
  );
}

/** How many planes are taken, and what takes some of them together. */
function PickerHead(props: PlaneChoice & {readonly usableUids: readonly string[]}): ReactElement {
  const {planes, chosen, isDefault, recommended, isOrdering, usableUids} = props;
  return (
    <div className={styles.pickerHead}>
      <span>
        {chosen.length} of {countOf(planes.length, 'plane')} taken
        {isDefault ? ', as by default' : ', chosen by hand'}
      </span>
      <div className={styles.acts}>
        {recommended.length === 0 ? (
          <Button
            isCompact
            isDisabled={isOrdering || usableUids.length < 2}
            hint="Which planes tell most of where the plates stand: computed once, about a second a plane"
            onPress={props.onAskOrder}
          >
            {isOrdering ? 'Comparing planes' : 'Which tell most?'}
          </Button>
        ) : (
          <Button isCompact onPress={() => props.onChoose(recommended)}>
            Take the {recommended.length} that tell most
          </Button>
        )}
        <Button isCompact isDisabled={isDefault} onPress={props.onDefault}>
          Default
        </Button>
        <Button
          isCompact
          isDisabled={chosen.length === usableUids.length}
          onPress={() => props.onChoose(usableUids)}
        >
          Take all
        </Button>
      </div>
    </div>
  );
}

const planeLabel = ({label, sample, scanId, problem}: AlignSourcePlane): string =>
  `Digit ${label}, ${sample}, run ${scanId}${problem === '' ? '' : `. ${problem}`}`;

function PlaneCard(props: {
  readonly plane: AlignSourcePlane;
  readonly isTaken: boolean;
  /** 1 for the plane that tells most, 0 for one that is not recommended. */
  readonly rank: number;
}): ReactElement {
  const {plane, isTaken, rank} = props;
  const {mask, runUid, pointCount, label, scanId, timeS, problem, isUsable} = plane;
  const picture = useMemo(() => (mask.count > 0 ? maskPlane(mask) : null), [mask]);
  return (
    <>
      <span className={styles.planePictures}>
        <RunThumbnail run={{uid: runUid, isGrid: true, pointCount, exitStatus: 'success'}} sizeRem={5} />
        {picture && <Thumbnail label="" plane={picture} sizePx={40} colourMap="grey" range={maskRange} />}
      </span>
      <span className={styles.planeName}>
        {isTaken ? '✓ ' : ''}digit {label}
      </span>
      {rank > 0 && (
        <span className={styles.strong}>
          {rank === 1 ? 'most informative' : `number ${rank} by information`}
        </span>
      )}
      <span className={styles.quiet}>
        run {String(scanId).padStart(4, '0')}, {clockText(timeS * 1000)}
      </span>
      <span className={styles.quiet}>{countText(pointCount)} points</span>
      {problem !== '' && <span className={isUsable ? styles.quiet : styles.listProblem}>{problem}</span>}
    </>
  );
}
