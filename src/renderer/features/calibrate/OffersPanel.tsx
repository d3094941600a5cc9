import {useState, type ReactElement} from 'react';
import {useLocation} from 'wouter';
import {fixedText} from '../../../base/number-format.ts';
import type {AsBuiltEntry, Computation} from '../../../contract/api/index.ts';
import type {CalibrateOffer, CalibrateOffers} from '../../../contract/calibrate-offers.ts';
import {client} from '../../connection/index.ts';
import {Button, durationText, EmptyState, NumberField, Panel, StartComputation} from '../../parts/index.ts';
import {ConfusionMatrix, RateGauge} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';
import {DrawnPictures} from './DrawnPictures.tsx';

/** How plates are tried: the one that recovers most is designed again. */
interface Trial {
  readonly judgedCount: number;
  readonly tryingSteps: number;
}

/** What may be done about a network, and what each way gains, costs and risks. */
export function OffersPanel(props: {
  readonly chosen: AsBuiltEntry | null;
  /** Of the chosen record; null before they were foretold. */
  readonly offers: CalibrateOffers | null;
  readonly computations: readonly Computation[];
}): ReactElement {
  const {chosen, offers, computations} = props;
  const [judgedCount, setJudgedCount] = useState(100);
  const [tryingSteps, setTryingSteps] = useState(40);
  return (
    <Panel title="2. What may be done">
      <p>
        The network as built is shown drawn objects, with the light, the scan and the errors of a new plate of
        the bench; nothing is measured.
      </p>
      <StartComputation
        kind="calibrate-offers"
        computations={computations}
        missing={chosen ? undefined : 'Record first how the network was built.'}
        acts={[
          {
            label: 'Foretell what each gains',
            id: 'calibrate.offers',
            hint: 'A few minutes of computing',
            start: () => client.calibrate.offers({asBuiltUid: chosen?.uid ?? '', judgedCount, tryingSteps}),
          },
        ]}
      >
        <NumberField label="Drawn objects" unit="" isWhole value={judgedCount} onChange={setJudgedCount} />
        <NumberField
          label="Training steps to try each plate"
          unit=""
          isWhole
          value={tryingSteps}
          onChange={setTryingSteps}
        />
      </StartComputation>
      {offers && chosen ? (
        <Offers
          offers={offers}
          trial={{judgedCount, tryingSteps: Math.max(1, tryingSteps)}}
          chosen={chosen}
          computations={computations}
        />
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
  readonly trial: Trial;
  readonly chosen: AsBuiltEntry;
  readonly computations: readonly Computation[];
}): ReactElement {
  const {offers, trial, chosen, computations} = props;
  const {designed, before} = offers;
  return (
    <div className={styles.offers}>
      <RateGauge label="As designed, drawn objects read right" rate={designed} tone="simulated" />
      <RateGauge label="As built, drawn objects read right" rate={before} tone="simulated" />
      {offers.offers.map((offer) => (
        <Offer
          key={offer.kind}
          offer={offer}
          before={before}
          trial={trial}
          chosen={chosen}
          computations={computations}
        />
      ))}
      <DrawnPictures planes={offers.planes} />
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
  readonly before: CalibrateOffers['before'];
  readonly trial: Trial;
  readonly chosen: AsBuiltEntry;
  readonly computations: readonly Computation[];
}): ReactElement {
  const {offer, before, trial, chosen, computations} = props;
  const {kind, text, after, cost, risk} = offer;
  return (
    <section className={styles.offer} aria-label={offerTitles[kind]}>
      <h3>{offerTitles[kind]}</h3>
      <p>{text}</p>
      {after && <RateGauge label="Foretold" rate={after} tone="accent" />}
      <dl className={styles.facts}>
        <dt>Gains</dt>
        <dd>{gainText(before, after)}</dd>
        <dt>Costs</dt>
        <dd>{costText(cost)}</dd>
        <dt>Risk</dt>
        <dd>{risk}</dd>
      </dl>
      {kind === 'move' && <MoveLink alignmentUid={chosen.record.alignmentUid} />}
      {kind === 'reprint' && <ReprintStart chosen={chosen} trial={trial} computations={computations} />}
      {kind === 'read-out' && (
        <p className={styles.quiet}>Choose the campaigns to learn from in the panel “3. Read-out”.</p>
      )}
    </section>
  );
}

/** What a way gains of the same drawn objects. */
function gainText(before: CalibrateOffers['before'], after: CalibrateOffer['after']): string {
  if (after === null) return 'cannot be foretold';
  const gained = after.successes - before.successes;
  const change = gained > 0 ? `${gained} more` : gained < 0 ? `${-gained} fewer` : 'as many';
  return `${change} of ${after.count} drawn objects are read right (${before.successes} before)`;
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

function MoveLink({alignmentUid}: {readonly alignmentUid: string}): ReactElement {
  const [, navigate] = useLocation();
  return (
    <div className={styles.bar}>
      <Button onPress={() => navigate(`/align?result=${alignmentUid}`)}>Corrections on the page Align</Button>
    </div>
  );
}

function ReprintStart(props: {
  readonly chosen: AsBuiltEntry;
  readonly trial: Trial;
  readonly computations: readonly Computation[];
}): ReactElement {
  const {chosen, trial, computations} = props;
  const [steps, setSteps] = useState(400);
  return (
    <StartComputation
      kind="reprint"
      computations={computations}
      acts={[
        {
          label: 'Design the plate again',
          hint: 'All other plates stay as they are; the new design stands with the others',
          start: () => client.calibrate.reprint({asBuiltUid: chosen.uid, settings: {steps, ...trial}}),
        },
      ]}
    >
      <NumberField label="Training steps" unit="" isWhole value={steps} onChange={setSteps} />
    </StartComputation>
  );
}
