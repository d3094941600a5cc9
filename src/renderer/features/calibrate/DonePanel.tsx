import {skipToken, useQuery, useQueryClient} from '@tanstack/react-query';
import {useState, type ReactElement, type ReactNode} from 'react';
import {useLocation} from 'wouter';
import type {ApiOutputs, ReadOutEntry} from '../../../contract/api/index.ts';
import type {InPlaceLineage} from '../../../contract/reprint.ts';
import {client, queries} from '../../connection/index.ts';
import {
  attempt,
  Button,
  countOf,
  countText,
  dateTimeText,
  EmptyState,
  Panel,
  useRefusal,
} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {ConfusionMatrix, RateGauge} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';
import {DrawnPictures} from './DrawnPictures.tsx';
import {InPlaceCurves} from './InPlaceCurves.tsx';

/** A plate that was designed again. */
export type ReprintEntry = ApiOutputs['calibrate']['reprints']['reprints'][number];

const timeText = (timeS: number): string => dateTimeText(new Date(timeS * 1000).toISOString()).slice(0, 16);

/** What was done: calibrations of read-outs, which can be revoked, and plates that were designed again. */
export function DonePanel(props: {
  readonly readOuts: readonly ReadOutEntry[];
  readonly reprints: readonly ReprintEntry[];
}): ReactElement {
  const {readOuts, reprints} = props;
  return (
    <Panel title="5. What was done">
      {readOuts.length + reprints.length === 0 && (
        <EmptyState
          title="Nothing yet"
          text="Calibrated read-outs and plates that were designed again stand here, with what they read right before and after."
        />
      )}
      <ul className={styles.list}>
        {reprints.map((own, place) => (
          <ReprintItem key={own.uid} reprint={own} isFirst={place === 0} />
        ))}
        {readOuts.map((own, place) => (
          <ReadOutItem key={own.uid} readOut={own} isFirst={place === 0} />
        ))}
      </ul>
    </Panel>
  );
}

/** Something that was done, its buttons, and before and after on demand. */
function Item(props: {
  readonly text: ReactNode;
  readonly buttons: ReactNode;
  readonly isShown: boolean;
  readonly onShow: (isShown: boolean) => void;
  readonly children: ReactNode;
}): ReactElement {
  const {text, buttons, isShown, onShow, children} = props;
  return (
    <li>
      <span className={styles.itemText}>{text}</span>
      <span className={styles.bar}>
        <Button isCompact onPress={() => onShow(!isShown)}>
          {isShown ? 'Hide before and after' : 'Before and after'}
        </Button>
        {buttons}
      </span>
      {isShown && <div className={styles.item}>{children}</div>}
    </li>
  );
}

function ReprintItem(props: {readonly reprint: ReprintEntry; readonly isFirst: boolean}): ReactElement {
  const {uid, timeS, designName, folder, lineage} = props.reprint;
  const [isShown, show] = useState(props.isFirst);
  const [, navigate] = useLocation();
  const [, setDesignFolder] = useChoice<string>('design.folder', '');
  const {data} = useQuery(
    queries.calibrate.reprintPlanes.queryOptions({
      input: isShown ? {uid} : skipToken,
      staleTime: Infinity,
    }),
  );
  const print = (): void => {
    setDesignFolder(folder);
    navigate('/design');
  };
  return (
    <Item
      text={`${designName}, ${timeText(timeS)}: ${reprintText(lineage)}`}
      buttons={
        <>
          <Button isCompact onPress={print}>
            Print it on the page Design
          </Button>
          <Button isCompact onPress={() => navigate(`/campaign?design=${encodeURIComponent(folder)}`)}>
            Measure with it
          </Button>
        </>
      }
      isShown={isShown}
      onShow={show}
    >
      <BeforeAndAfter lineage={lineage} />
      {lineage.inPlace && <InPlaceFacts learnt={lineage.inPlace} />}
      {data?.planes && <DrawnPictures planes={data.planes} />}
    </Item>
  );
}

const reprintText = ({plate, parentName, inPlace, before, after}: ReprintEntry['lineage']): string =>
  inPlace
    ? `plate ${plate} of ${parentName} learnt in place; ${after.successes} of ${after.count} measured objects right, ${before.successes} before`
    : `plate ${plate} of ${parentName}; foretold ${after.successes} of ${after.count}, ${before.successes} before`;

/** What is read right with the plate of before and the new one: measured where it was learnt in place, else foretold. */
function BeforeAndAfter({lineage}: {readonly lineage: ReprintEntry['lineage']}): ReactElement {
  const {plate, inPlace, before, after, confusionBefore, confusionAfter} = lineage;
  const isMeasured = inPlace !== undefined;
  const [objects, how] = isMeasured ? ['measured objects', 'measured'] : ['drawn objects', 'foretold'];
  const tone = isMeasured ? 'measured' : 'simulated';
  return (
    <>
      <RateGauge label={`As built, ${objects} read right`} rate={before} tone={tone} />
      <RateGauge label={`With the new plate ${plate}, ${objects} read right`} rate={after} tone="accent" />
      <div className={styles.matrices}>
        <ConfusionMatrix caption={`As built, ${how}`} counts={confusionBefore} tone={tone} />
        <ConfusionMatrix caption={`With the new plate, ${how}`} counts={confusionAfter} tone={tone} />
      </div>
    </>
  );
}

/** What learning a plate took, and how it went. */
function InPlaceFacts({learnt}: {readonly learnt: InPlaceLineage}): ReactElement {
  const {exchangeCount, objectCount, pointCount, curve, sessionUid} = learnt;
  const [, navigate] = useLocation();
  return (
    <>
      <p>
        {`${countOf(exchangeCount, 'plate')} put in, ${countOf(objectCount, 'object')} measured at ${countText(pointCount)} points.`}{' '}
        <Button isCompact onPress={() => navigate(`/sessions/${sessionUid}`)}>
          Open its runs
        </Button>
      </p>
      <InPlaceCurves curve={curve} />
    </>
  );
}

function ReadOutItem(props: {readonly readOut: ReadOutEntry; readonly isFirst: boolean}): ReactElement {
  const {uid, timeS, designName, benchName, status, statusText, study} = props.readOut;
  const [isShown, show] = useState(props.isFirst);
  const queryClient = useQueryClient();
  const refusal = useRefusal('operate');
  const revoke = async (): Promise<void> => {
    await attempt(
      () => client.calibrate.revokeReadOut({uid}),
      'It is revoked: campaigns are shown without it.',
    );
    await queryClient.invalidateQueries({queryKey: queries.calibrate.readOuts.key()});
  };
  return (
    <Item
      text={
        <>
          {`Read-out of ${designName}, ${benchName}, ${timeText(timeS)}: ${study.after.successes} of ${study.after.count} tested digits right, ${study.before.successes} before; ${status}`}
          {statusText !== '' && <span className={styles.quiet}> {statusText}</span>}
        </>
      }
      buttons={
        status !== 'revoked' && (
          <Button
            isCompact
            isDisabled={refusal !== undefined}
            hint={refusal ?? 'Raw verdicts stay as they are'}
            onPress={() => void revoke()}
          >
            Revoke
          </Button>
        )
      }
      isShown={isShown}
      onShow={show}
    >
      <RateGauge label="As it was, tested digits read right" rate={study.before} tone="measured" />
      <RateGauge label="Calibrated, tested digits read right" rate={study.after} tone="accent" />
      <div className={styles.matrices}>
        <ConfusionMatrix caption="Tested digits as it was" counts={study.confusionBefore} tone="measured" />
        <ConfusionMatrix caption="Tested digits, calibrated" counts={study.confusionAfter} tone="measured" />
      </div>
    </Item>
  );
}
