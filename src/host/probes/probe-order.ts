import type {Illumination, Probe} from '../../contract/illumination.ts';
import {renameFields} from '../../contract/stored/record.ts';
import type {ResultValues} from '../../contract/stored/result-records.ts';
import {chooseObjects, type PredictedSigma} from '../../twin/alignment/probe-choice.ts';
import {heightVarianceOf} from '../../twin/alignment/plane-information.ts';
import type {Design} from '../../twin/design/load.ts';
import {digitIdOf, testDigitsById, type TestDigit} from '../campaign/digits.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {moreProbeDigits, defaultProbeDigits} from './probe-digits.ts';
import {createInformationSource} from './probe-information.ts';
import {ownGridPlan, placesOf} from './probe-scans.ts';

/** What the model lacks on the virtual bench as shipped, and about what it lacks for prints with 0.02 mm roughness. */
export const defaultUnexplainedRatio = 0.07;
/** Noise of the readings of a bench that nobody has measured yet. */
export const defaultNoise = {additiveRatio: 0.003, multiplicativeRatio: 0.005} as const;

/** As many objects are measured as make the worst plate known so well, but not fewer or more than these. */
const aimedLateralMm = 0.015;
const [fewestObjects, mostObjects] = [3, 8];

/** Digits in the order in which they are worth measuring on a bench that nothing is known of. */
export interface ProbeOrder {
  take(count: number): TestDigit[];
  /** With the first k of them, k from 0. */
  readonly sigmas: readonly PredictedSigma[];
  /** How many are measured unless a number is given. */
  readonly defaultCount: number;
  /** What has to be kept with a session of the design, so that it need not be computed again; null where it is. */
  readonly unkept: UnkeptOrder | null;
}

export interface UnkeptOrder {
  readonly key: string;
  readonly value: KeptOrder;
}

const resultKind = 'probe-order';

type KeptOrder = ResultValues[typeof resultKind];

/** What earlier versions called the parts of a key, so that the orders that they kept are found. */
const inFormerNames = renameFields({defaultUnexplainedRatio: 'usualLackRatio', defaultNoise: 'usualNoise'});

/** Keeps an order with a session of its design. */
export const keepProbeOrder = (store: Store, sessionUid: string, order: UnkeptOrder): void =>
  store.putResult({sessionUid, kind: resultKind, madeBy: `d2nn-bench ${programVersion}`, ...order});

/**
 * The D-optimal order of the default digits for a design seen by a bench, every plate where the design has it. Computed
 * once, which takes about ten seconds, and kept in the store.
 */
export async function findProbeOrder(
  store: Store,
  bench: {readonly design: Design; readonly illumination: Illumination; readonly probe: Probe},
  {
    signal,
    onText,
  }: {readonly signal?: AbortSignal | undefined; readonly onText?: ((text: string) => void) | undefined} = {},
): Promise<ProbeOrder> {
  const {design, illumination, probe} = bench;
  const candidates = defaultProbeDigits(design.file);
  const asked = {
    ids: candidates.map(digitIdOf),
    illumination,
    probe,
    defaultUnexplainedRatio,
    defaultNoise,
  };
  const key = JSON.stringify(asked);
  const formerKey = JSON.stringify(inFormerNames(asked));
  const kept = store
    .searchSessions({designHash: design.file.contentHash, withArchived: true, limit: 100})
    .flatMap(({uid}) => store.listResults(uid, resultKind))
    .find((result) => result.key === key || result.key === formerKey);
  const value = kept?.value ?? (await compute());
  const sigmas = value.sigmas.map((sigma) => sigma ?? {lateralMm: NaN, rotationDeg: NaN, axialMm: NaN});
  const enough = sigmas.findIndex(({lateralMm}) => lateralMm <= aimedLateralMm);
  return {
    // Beyond those that were compared, others as they come.
    take: (count) =>
      [...testDigitsById(value.ids, design.file), ...moreProbeDigits(count, design.file)].slice(0, count),
    sigmas,
    defaultCount: Math.min(Math.max(enough < 0 ? mostObjects : enough, fewestObjects), mostObjects),
    unkept: kept ? null : {key, value},
  };

  async function compute(): Promise<KeptOrder> {
    onText?.('which digits are most informative for this design: computed once');
    await using source = createInformationSource(
      bench,
      {objects: candidates.map(({object}) => object), scans: [placesOf(ownGridPlan(design))], measured: []},
      {signal},
    );
    const planes = (
      await source.ofObjects([...candidates.keys()], [0], {
        ...defaultNoise,
        unexplainedRatio: defaultUnexplainedRatio,
      })
    ).map(([plane]) => plane);
    const choice = chooseObjects(planes, source.parameters, {
      count: candidates.length,
      known: [],
      heightVarianceMm2: heightVarianceOf(planes),
    });
    return {
      ids: choice.order.map((i) => digitIdOf(candidates[i])),
      // JSON has no NaN: before the first object nothing is known.
      sigmas: choice.sigmas.map((sigma) => (Number.isFinite(sigma.lateralMm) ? sigma : null)),
    };
  }
}
