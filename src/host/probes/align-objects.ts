import {micrometreText} from '../../base/number-format.ts';
import {countOf} from '../../base/count-text.ts';
import {moduleUrl} from '../../base/module-url.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {Design} from '../../twin/design/load.ts';
import type {CampaignRequest} from '../campaign/run-campaign.ts';
import type {TestDigit} from '../campaign/digits.ts';
import type {Store} from '../store/open-store.ts';
import {onThread} from '../threads/run-once.ts';
import {probeDigitsFrom} from './probe-digits.ts';
import {findProbeOrder, type UnkeptOrder} from './probe-order.ts';
import type {GridPlan} from './probe-scans.ts';

/** What is to be measured for an alignment. */
export interface AlignObjects {
  /** As many as make the worst plate known well enough, without it. */
  readonly objectCount?: number | undefined;
  /** Classes or ids; the ones that tell most without any. */
  readonly names: readonly string[];
  /** Whether they are scanned as the order was computed for: then what they are worth can be said. */
  readonly hasOwnScan: boolean;
}

/** A design as a bench sees it. */
export interface SeenDesign {
  readonly design: Design;
  readonly illumination: Illumination;
  readonly probe: Probe;
}

export interface ChosenObjects {
  readonly digits: readonly TestDigit[];
  /** To be kept with the session that measures them (`keepProbeOrder`). */
  readonly unkept: UnkeptOrder | null;
}

/** Chooses what a campaign measures for an alignment; reads the store only. Takes ten seconds once for a design. */
export async function chooseObjects(
  store: Store,
  seen: SeenDesign,
  {objectCount, names, hasOwnScan}: AlignObjects,
  hooks: {readonly signal?: AbortSignal | undefined; readonly onText?: ((text: string) => void) | undefined},
): Promise<ChosenObjects> {
  if (names.length > 0) return {digits: probeDigitsFrom(names, seen.design.file), unkept: null};
  const order = await findProbeOrder(store, seen, hooks);
  const digits = order.take(objectCount ?? order.defaultCount);
  const lateralMm = order.sigmas[digits.length]?.lateralMm;
  const worth =
    lateralMm === undefined || !hasOwnScan
      ? ''
      : `; the worst plate is then known to about ${micrometreText(lateralMm)} (1 sigma, errors of the model included)`;
  hooks.onText?.(
    `objects: the most informative digits of this design, ${digits.map(({label}) => label).join(', ')}${worth}`,
  );
  return {digits, unkept: order.unkept};
}

export interface ChooseObjectsRequest {
  readonly databasePath: string;
  readonly seen: SeenDesign;
  readonly objects: AlignObjects;
}

/** As `chooseObjects`, on threads of its own; `onProgress` gets what it tells. An abort ends them. */
export const chooseObjectsApart = onThread<ChooseObjectsRequest, ChosenObjects, string>(
  moduleUrl('./choose-objects-worker.ts', import.meta.url),
  'The thread that chooses objects has ended. Nothing was measured.',
);

/** Title and scan of the campaign that measures chosen objects for an alignment. */
export const alignCampaignOf = (
  {digits}: ChosenObjects,
  scan: GridPlan | undefined,
): Pick<CampaignRequest, 'choices' | 'title'> => ({
  title: `alignment with ${countOf(digits.length, 'object')}`,
  ...(scan && {
    choices: {
      stepMm: scan.stepMm,
      extentMm: {widthMm: scan.widthMm, heightMm: scan.heightMm},
      ...(scan.referenceEvery > 0 ? {referenceEvery: scan.referenceEvery} : {}),
    },
  }),
});
