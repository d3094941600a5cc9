import {useState, type ReactElement} from 'react';
import {useLocation} from 'wouter';
import {fixedText} from '../../../base/number-format.ts';
import type {AsBuiltEntry, Computation} from '../../../contract/api/index.ts';
import type {CalibrateOffer, CalibrateOffers} from '../../../contract/calibrate-offers.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, durationText, EmptyState, Panel, ProblemBox, useRefusal} from '../../parts/index.ts';
import {useStudy} from '../../run-data/index.ts';
import {ConfusionMatrix, RateGauge, Thumbnail, type Plane} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';

/** What may be done about a network, and what each way gains, costs and risks. */
export function OffersPanel(props: {
  readonly chosen: AsBuiltEntry | null;
  readonly running: Computation | null;
}): ReactElement {
  const {chosen, running} = props;
  const {last, result} = useStudy('calibrate-offers');
  const refusal = useRefusal('operate');
  const offers =
    result?.kind === 'calibrate-offers' && result.offers.asBuiltUid === chosen?.uid ? result.offers : null;
  const because =
    refusal ??
    (chosen ? undefined : 'Record first how the network was built.') ??
    (running ? `“${running.title}” is being computed.` : undefined);
  return (
    <Panel title="What may be done">
      <p>
        The network as built is shown drawn objects, with the light, the scan and the errors of a new plate of
        the bench; nothing is measured.
      </p>
      <div className={styles.bar}>
        <Button
          data-act="calibrate.offers"
          isDisabled={because !== undefined}
          hint={because ?? 'A few minutes of computing'}
          onPress={() => chosen && void attempt(() => client.calibrate.offers({asBuiltUid: chosen.uid}))}
        >
          Foretell what each gains
        </Button>
      </div>
      {last?.problem && last.state === 'failed' && <ProblemBox problem={last.problem} />}
      {offers && chosen ? (
        <Offers offers={offers} chosen={chosen} because={because} />
      ) : (
        <EmptyState
          title="Nothing is foretold yet"
          text="Each way then stands here with gain, cost and risk."
        />
      )}
    </Panel>
  );
}

function Offers(props: {
  readonly offers: CalibrateOffers;
  readonly chosen: AsBuiltEntry;
  readonly because: string | undefined;
}): ReactElement {
  const {offers, chosen, because} = props;
  const {designed, before} = offers;
  return (
    <div className={styles.offers}>
      <RateGauge
        label="As designed, drawn objects read right"
        successes={designed.successes}
        trials={designed.count}
        tone="simulated"
      />
      <RateGauge
        label="As built, drawn objects read right"
        successes={before.successes}
        trials={before.count}
        tone="simulated"
      />
      {offers.offers.map((offer) => (
        <Offer key={offer.kind} offer={offer} chosen={chosen} because={because} />
      ))}
      <Pictures planes={offers.planes} />
      <div className={styles.matrices}>
        <ConfusionMatrix caption="As built" counts={offers.confusionBefore} tone="simulated" />
        {offers.offers.map(
          ({kind, confusion}) =>
            confusion && (
              <ConfusionMatrix key={kind} caption={offerTitles[kind]} counts={confusion} tone="simulated" />
            ),
        )}
      </div>
    </div>
  );
}

const offerTitles: Readonly<Record<CalibrateOffer['kind'], string>> = {
  'read-out': 'Calibrate the read-out',
  move: 'Move the plates',
  reprint: 'Print one plate again',
};

function Offer(props: {
  readonly offer: CalibrateOffer;
  readonly chosen: AsBuiltEntry;
  readonly because: string | undefined;
}): ReactElement {
  const {offer, chosen, because} = props;
  const {kind, text, after, cost, risk} = offer;
  return (
    <section className={styles.offer} aria-label={offerTitles[kind]}>
      <h3>{offerTitles[kind]}</h3>
      <p>{text}</p>
      {after && <RateGauge label="Foretold" successes={after.successes} trials={after.count} tone="accent" />}
      <dl className={styles.facts}>
        <dt>Costs</dt>
        <dd>{costText(cost)}</dd>
        <dt>Risk</dt>
        <dd>{risk}</dd>
      </dl>
      {kind === 'move' && <MoveLink />}
      {kind === 'reprint' && <ReprintStart chosen={chosen} because={because} />}
      {kind === 'read-out' && (
        <p className={styles.quiet}>Choose the campaigns to learn from in the panel “Read-out”.</p>
      )}
    </section>
  );
}

/** What a way costs, as a sentence. */
function costText({planes, measuringS, printG, printS, computingS}: CalibrateOffer['cost']): string {
  return [
    `${planes} planes${measuringS === null ? '' : ` (${durationText(measuringS)} of measuring)`}`,
    ...(printG === null ? [] : [`${fixedText(printG, 1)} g of material`]),
    ...(printS === null ? [] : [`about ${durationText(printS)} of printing`]),
    ...(computingS === null ? [] : [`about ${durationText(computingS)} of computing`]),
  ].join(', ');
}

function MoveLink(): ReactElement {
  const [, navigate] = useLocation();
  return (
    <div className={styles.bar}>
      <Button onPress={() => navigate('/align')}>Corrections on the page Align</Button>
    </div>
  );
}

function ReprintStart(props: {
  readonly chosen: AsBuiltEntry;
  readonly because: string | undefined;
}): ReactElement {
  const {chosen, because} = props;
  const [isStarting, setStarting] = useState(false);
  const start = async (): Promise<void> => {
    setStarting(true);
    await attempt(() => client.calibrate.reprint({asBuiltUid: chosen.uid}));
    setStarting(false);
  };
  return (
    <div className={styles.bar}>
      <Button
        isDisabled={because !== undefined || isStarting}
        hint={because ?? 'All other plates stay as they are; the new design stands with the others'}
        onPress={() => void start()}
      >
        Design the plate again
      </Button>
    </div>
  );
}

function Pictures({planes}: Pick<CalibrateOffers, 'planes'>): ReactElement {
  const {label, side, stepMm, values} = planes;
  const reachMm = ((side - 1) / 2) * stepMm;
  return (
    <div className={styles.pictures} role="group" aria-label={`Output planes of a drawn ${label}`}>
      {values.map(({name, power}) => {
        const plane: Plane = {
          rows: side,
          columns: side,
          values: Float32Array.from(power),
          xMm: [-reachMm, reachMm],
          yMm: [-reachMm, reachMm],
        };
        return (
          <figure key={name}>
            <Thumbnail
              label={`Output plane of a ${label}, ${name}`}
              plane={plane}
              sizePx={160}
              scale="sqrt"
            />
            <figcaption>{name}</figcaption>
          </figure>
        );
      })}
    </div>
  );
}
