import {countText} from '../../../base/count-text.ts';
import {useMemo, type ReactElement} from 'react';
import type {AlignDetail} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {Panel, Segments} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {
  findExaggeration,
  PlacementFace,
  PlacementSide,
  ShiftTarget,
  targetErrorFactor,
  type Exaggeration,
  type SeenFrom,
} from '../../viewer/index.ts';
import styles from './AlignPage.module.css';
import {factorText} from './factor-labels.ts';
import {detectorPlane, foundLines, foundSentence, foundStack, type FoundPart} from './placed-parts.ts';

/** The stack side-on, every plate along the beam, and all shifts in one plot; as designed beside as found. */
export function Placements({detail}: {readonly detail: AlignDetail}): ReactElement {
  const stack = useMemo(() => foundStack(detail), [detail]);
  const {parts, frame} = stack;
  const drawn = useMemo(() => [...parts, detectorPlane(stack)], [parts, stack]);
  const factors = useMemo(() => findExaggeration(drawn), [drawn]);
  const [acrossChoice, setAcross] = useChoice<string>('align.across', 'x');
  const across = acrossChoice === 'y' ? 'y' : 'x';
  // As the corrections are told, unless the person stands on the other side.
  const [fromChoice, setFrom] = useChoice<string>('align.seenFrom', 'source');
  // An object that was held still is the origin: there is nothing to see of it.
  const faces = parts.filter(({kind, isFree}) => kind !== 'object' || isFree.dx || isFree.rotation);
  const seenFrom: SeenFrom = fromChoice === 'detector' ? 'detector' : 'source';
  useActions([
    {
      id: 'align.side',
      title: across === 'x' ? 'Show the stack with y upwards' : 'Show the stack with x upwards',
      group: 'Align',
      shortcut: 'shift+y',
      run: () => setAcross(across === 'x' ? 'y' : 'x'),
    },
    {
      id: 'align.seenFrom',
      title:
        seenFrom === 'source' ? 'Show plates seen from the detector' : 'Show plates seen from the source',
      group: 'Align',
      shortcut: 'shift+v',
      run: () => setFrom(seenFrom === 'source' ? 'detector' : 'source'),
    },
  ]);
  return (
    <div className={styles.placements}>
      <Panel
        title="Stack from the side"
        className={styles.sidePanel}
        tools={
          <Segments<'x' | 'y'>
            isCompact
            label="Upwards in the drawing"
            value={across}
            onChange={setAcross}
            options={[
              {value: 'x', label: 'x upwards'},
              {value: 'y', label: 'y upwards'},
            ]}
          />
        }
      >
        <div className={styles.side}>
          <PlacementSide
            label={`Stack to scale from the side, ${across} upwards, as designed and as found. ${parts.map(foundSentence).join('. ')}.`}
            parts={drawn}
            across={across}
            factors={factors}
          />
        </div>
        <p className={styles.key}>
          <Key />
          {factorText(factors, 'side')}
        </p>
        <p className={styles.key}>
          Axes of the scan in the detector’s plane, not drawn: {foundSentence(frame)}.
        </p>
      </Panel>
      <ShiftsPanel parts={faces} seenFrom={seenFrom} />
      <FacesPanel parts={faces} factors={factors} seenFrom={seenFrom} onSeenFrom={setFrom} />
    </div>
  );
}

function Key(): ReactElement {
  return (
    <>
      <span className={styles.keyDashed} aria-hidden /> as designed{' '}
      <span className={styles.keySolid} aria-hidden /> as found.{' '}
    </>
  );
}

function ShiftsPanel(props: {
  readonly parts: readonly FoundPart[];
  readonly seenFrom: SeenFrom;
}): ReactElement {
  const {parts, seenFrom} = props;
  const errorFactor = targetErrorFactor(parts);
  return (
    <Panel title={`Shifts, seen from the ${seenFrom}`} className={styles.shiftsPanel}>
      <figure className={styles.targetFigure}>
        <ShiftTarget
          label={`Shifts across the beam. ${parts.map(foundSentence).join('. ')}.`}
          parts={parts}
          errorFactor={errorFactor}
          seenFrom={seenFrom}
        />
        <figcaption className={styles.key}>
          To scale, the design in the middle; ellipses are one sigma
          {errorFactor === 1 ? '' : `, drawn × ${countText(errorFactor)}`}.
        </figcaption>
      </figure>
    </Panel>
  );
}

function FacesPanel(props: {
  readonly parts: readonly FoundPart[];
  readonly factors: Exaggeration;
  readonly seenFrom: SeenFrom;
  readonly onSeenFrom: (from: string) => void;
}): ReactElement {
  const {parts, factors, seenFrom, onSeenFrom} = props;
  return (
    <Panel
      title={`Plates, seen from the ${seenFrom}`}
      className={styles.facesPanel}
      tools={
        <Segments<SeenFrom>
          isCompact
          label="Seen from"
          value={seenFrom}
          onChange={onSeenFrom}
          options={[
            {value: 'source', label: 'source: +x left'},
            {value: 'detector', label: 'detector: +x right'},
          ]}
        />
      }
    >
      <ul className={styles.faceTiles}>
        {parts.map((part) => (
          <li key={part.label}>
            <PlacementFace label={foundSentence(part)} part={part} factors={factors} seenFrom={seenFrom} />
            <FaceText part={part} />
          </li>
        ))}
      </ul>
      <p className={styles.key}>
        <Key />
        {factorText(factors, 'face')} The cross is the middle as designed, the spoke shows the turn.
      </p>
    </Panel>
  );
}

function FaceText({part}: {readonly part: FoundPart}): ReactElement {
  return (
    <>
      <h3 className={styles.faceName}>{part.label}</h3>
      <dl className={styles.faceLines}>
        {foundLines(part).map(({label, text}) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {part.flip !== '' && <p className={styles.flip}>{part.flip}</p>}
    </>
  );
}
