import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Design} from '../../twin/design/load.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {CampaignRequest} from '../campaign/run-campaign.ts';
import {readPlanSpec} from '../scan/read-plan.ts';
import type {Store} from '../store/open-store.ts';
import {probeDigitsFrom} from './probe-digits.ts';
import {findProbeOrder} from './probe-order.ts';
import type {GridPlan} from './probe-scans.ts';

/** What is to be measured for an alignment. */
export interface AlignObjects {
  /** As many as make the worst plate known well enough, without it. */
  readonly objectCount?: number | undefined;
  /** Classes or ids; the ones that tell most without any. */
  readonly objects?: readonly string[] | undefined;
  readonly scan?: GridPlan | undefined;
  readonly title?: string | undefined;
}

export interface PreparedObjects extends Pick<CampaignRequest, 'digits' | 'choices' | 'title'> {
  readonly onSession?: (sessionUid: string) => void;
}

/** The scan of an alignment as a plan; see `readPlanSpec`. Throws `cli/usage` for a plan that measures no plane. */
export async function readAlignScan(text: string): Promise<GridPlan> {
  const spec = await readPlanSpec(text);
  if (spec.plan === 'grid') return spec;
  throw new BenchError(
    'cli/usage',
    `An alignment measures planes: the plan is "${spec.plan}" and has to be a grid. Nothing was started.`,
  );
}

/** Chooses what a campaign measures for an alignment, once the bench's light and probe are known. */
export async function prepareObjects(
  {bench, store, design}: {readonly bench: OpenBench; readonly store: Store; readonly design: Design},
  {objectCount, objects = [], scan, title}: AlignObjects,
  hooks: {readonly signal?: AbortSignal | undefined; readonly onText?: ((text: string) => void) | undefined},
): Promise<PreparedObjects> {
  const common = (count: number): Pick<PreparedObjects, 'choices' | 'title'> => ({
    title: title ?? `alignment with ${countOf(count, 'object')}`,
    ...(scan && {
      choices: {
        stepMm: scan.stepMm,
        extentMm: {widthMm: scan.widthMm, heightMm: scan.heightMm},
        ...(scan.referenceEvery > 0 ? {referenceEvery: scan.referenceEvery} : {}),
      },
    }),
  });
  if (objects.length > 0) {
    const digits = probeDigitsFrom(objects, design.file);
    return {digits, ...common(digits.length)};
  }
  const {illumination = design.file.illumination, probe} = bench.file;
  const order = await findProbeOrder(store, {design, illumination, probe}, hooks);
  const digits = order.take(objectCount ?? order.defaultCount);
  const lateralMm = order.sigmas[digits.length]?.lateralMm;
  const worth =
    lateralMm === undefined || scan !== undefined
      ? ''
      : `; the worst plate is then known to about ${Number((1000 * lateralMm).toPrecision(2))} um (1 sigma, with what the model lacks)`;
  hooks.onText?.(
    `objects: the digits that tell most of this design, ${digits.map(({label}) => label).join(', ')}${worth}`,
  );
  return {digits, ...common(digits.length), onSession: (uid) => order.keep(uid)};
}
