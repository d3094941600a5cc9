import {keepPreviousData, useQuery, useQueryClient} from '@tanstack/react-query';
import {
  client,
  type Problem,
  problemFrom,
  queries,
  useConnection,
  useStatus,
} from '../../connection/index.ts';
import {attempt} from '../../parts/index.ts';
import {useIsRunLive} from '../../run-data/index.ts';

/** The host's word for an instrument whose port is closed. */
export const notConnected = 'not connected';

export type Setting = number | string | boolean;

export interface InstrumentSettings {
  readonly values: Readonly<Record<string, Setting>>;
  /** When they were read. */
  readonly utc: string | null;
  /** Nobody can read them now: the instrument is away, or a run may have set others. */
  readonly isOld: boolean;
  readonly problem: Problem | null;
  readonly readAgain: () => void;
  /** Sets one at the instrument; what is shown afterwards is what was read back. */
  readonly set: (name: string, value: Setting) => Promise<boolean>;
}

/** The settings of an instrument as they were last read from it. */
export function useSettingsOf(role: string): InstrumentSettings {
  const queryClient = useQueryClient();
  const options = queries.instruments.read.queryOptions({input: {role}});
  const isConnected = useConnection(({phase}) => phase === 'open');
  const isThere = useStatus(
    (status) =>
      (status?.instruments.find((one) => one.role === role)?.label ?? notConnected) !== notConnected,
  );
  const isRunLive = useIsRunLive();
  // The host counts what may have changed a setting: an act here, in another window or at the front panel, a run.
  const revision = useStatus(
    (status) => status?.instruments.find((one) => one.role === role)?.settingsRevision ?? 0,
  );
  const queryKey = [...options.queryKey, revision];
  const read = useQuery({
    ...options,
    queryKey,
    enabled: isConnected && isThere && !isRunLive,
    staleTime: Infinity,
    gcTime: 60_000,
    // What was read before stands until the new answer is there.
    placeholderData: keepPreviousData,
  });
  return {
    values: read.data?.values ?? {},
    utc: read.data?.utc ?? null,
    isOld: !isConnected || !isThere || isRunLive,
    problem: read.isError ? problemFrom(read.error) : null,
    readAgain: () => void read.refetch(),
    set: (name, value) =>
      attempt(async () => {
        const answer = await client.instruments.set({role, name, value});
        // One setting may have changed another: the host says so, and all are read again.
        queryClient.setQueryData<typeof read.data>(queryKey, (before) =>
          before ? {...before, values: {...before.values, [name]: answer.value}} : before,
        );
      }),
  };
}
