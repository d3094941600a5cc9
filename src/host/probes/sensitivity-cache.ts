import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {computeDesignSensitivity} from './design-sensitivity.ts';

/** Sensitivity tables of designs that were measured, each computed once and kept. */
export interface SensitivityCache extends AsyncDisposable {
  /** Throws `store/not-found` for a design that no campaign of the store was made with. */
  get(request: {
    readonly designHash: string;
    readonly objectCount: number;
    /** Whether the table may be stored: not for one who may only look, for whom this host remembers it. */
    readonly mayStore: boolean;
  }): Promise<{readonly sensitivity: AlignmentSensitivity; readonly designName: string}>;
}

const resultKind = 'sensitivity';

/** Test digits that a table is computed for unless a number is given. */
export const defaultSensitivityCount = 20;

/** The default table of the design that a session measures, if it was computed for the session's light and probe. */
export function keptSensitivity(store: Store, sessionUid: string): AlignmentSensitivity | undefined {
  const session = store.getSession(sessionUid);
  const {illuminationKnown, probe} = campaignDetailsOf(session);
  const key = keyOf({objectCount: defaultSensitivityCount, illuminationKnown, probe});
  const kept = store
    .searchSessions({designHash: session.designHash ?? '', withArchived: true, limit: 100})
    .flatMap(({uid}) => store.listResults(uid, resultKind))
    .find((result) => result.key === key);
  return kept?.value;
}

/** Another light or probe makes another table. */
const keyOf = (made: {
  readonly objectCount: number;
  readonly illuminationKnown: Illumination;
  readonly probe: Probe;
}): string => JSON.stringify(made);

/** Whoever asks for a table that is being computed waits for the same one; leaving does not end it. */
export function createSensitivityCache(store: Store): SensitivityCache {
  const underWay = new Map<string, Promise<AlignmentSensitivity>>();
  const remembered = new Map<string, AlignmentSensitivity>();
  const controller = new AbortController();

  const compute = async (sessionUid: string, objectCount: number): Promise<AlignmentSensitivity> => {
    const {illuminationKnown, probe} = campaignDetailsOf(store.getSession(sessionUid));
    const design = await loadSessionDesign(store, sessionUid);
    return await computeDesignSensitivity(
      {design, illumination: illuminationKnown, probe},
      {objectCount, signal: controller.signal},
    );
  };

  return {
    async get({designHash, objectCount, mayStore}) {
      const sessions = store
        .searchSessions({designHash, withArchived: true, limit: 100})
        .filter(({kind}) => kind === 'campaign');
      const [session] = sessions;
      if (!session)
        throw new BenchError(
          'store/not-found',
          `No campaign in ${store.path} was made with the design ${designHash}, so the light and the probe of its bench are not known. Nothing was computed; measure a campaign first.`,
        );
      const {illuminationKnown, probe} = campaignDetailsOf(store.getSession(session.uid));
      const key = keyOf({objectCount, illuminationKnown, probe});
      const kept = sessions
        .flatMap(({uid}) => store.listResults(uid, resultKind))
        .find((result) => result.key === key);
      if (kept) return {sensitivity: kept.value, designName: session.designName};
      const name = `${designHash} ${key}`;
      let job = underWay.get(name);
      if (!job && !remembered.has(name)) {
        job = compute(session.uid, objectCount);
        underWay.set(name, job);
        void job.finally(() => underWay.delete(name)).catch(() => undefined); // told to who waits
      }
      const sensitivity = remembered.get(name) ?? (await job);
      if (!sensitivity)
        throw new BenchError('internal', 'A sensitivity table was neither kept nor computed.');
      remembered.set(name, sensitivity);
      if (mayStore)
        store.putResult({
          sessionUid: session.uid,
          kind: resultKind,
          key,
          madeBy: `d2nn-bench ${programVersion}`,
          value: sensitivity,
        });
      return {sensitivity, designName: session.designName};
    },
    async [Symbol.asyncDispose]() {
      controller.abort(
        new BenchError('plan/aborted', 'The program ends; the sensitivity table is not computed.'),
      );
      await Promise.allSettled(underWay.values());
    },
  };
}
