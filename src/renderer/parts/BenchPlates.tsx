import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import type {ApiOutputs} from '../../contract/api/index.ts';
import {client, queries, statusStore, useStatus} from '../connection/index.ts';
import {attempt} from './notices.ts';
import {ProblemBox} from './Panels.tsx';
import {Select} from './Fields.tsx';
import {useRefusal} from './use-refusal.ts';

type ListedDesign = ApiOutputs['design']['list'][number];

const useDesigns = (): readonly ListedDesign[] =>
  useQuery(queries.design.list.queryOptions({staleTime: 60_000})).data ?? [];

const ofBench = '';

/** Whose plates are measured; null: those that stand on the bench. */
export function DesignSelect(props: {
  readonly folder: string | null;
  readonly onChange: (folder: string | null) => void;
}): ReactElement {
  const {folder, onChange} = props;
  const designs = useDesigns();
  const nameOnBench = useStatus((status) => status?.bench.design?.name ?? null);
  return (
    <Select
      label="Design"
      value={folder ?? ofBench}
      onChange={(chosen) => onChange(chosen === ofBench ? null : chosen)}
      options={[
        {
          value: ofBench,
          label: nameOnBench === null ? 'The shipped design' : `On the bench: ${nameOnBench}`,
        },
        ...designs.map((design) => ({
          value: design.folder,
          label: design.problem === '' ? design.name : `${design.name} (${design.problem})`,
          isDisabled: design.problem !== '',
        })),
      ]}
    />
  );
}

/**
 * Says when other plates than those of a design stand on the open bench, or when only people can know, and offers what
 * puts it right. Nothing while no design is chosen or where its plates stand.
 */
export function BenchPlates({folder}: {readonly folder: string | null}): ReactElement | null {
  const design = useDesigns().find((listed) => listed.folder === folder);
  const bench = useStatus((status) => status?.bench ?? null);
  if (!design || bench?.state !== 'open') return null;
  if (bench.kind === 'file')
    return (
      <ProblemBox
        level="info"
        problem={{
          message: `Put the plates of “${design.name}” into ${bench.name} first: no instrument can see which plates stand there.`,
        }}
      />
    );
  const {design: onBench} = bench;
  if (!onBench || onBench.contentHash === design.contentHash) return null;
  const asOpened = onBench.name === design.name ? ' as they were when it was opened' : '';
  return (
    <OtherPlates
      design={design}
      what={`On the open virtual bench stand the plates of “${onBench.name}”${asOpened}: their light would be compared with the simulation of “${design.name}”.`}
    />
  );
}

function OtherPlates({design, what}: {readonly design: ListedDesign; readonly what: string}): ReactElement {
  const refusal = useRefusal('admin');
  const isRunLive = useStatus((status) => (status?.run?.state ?? 'ended') !== 'ended');
  const {folder, name} = design;
  if (isRunLive || refusal !== undefined)
    return (
      <ProblemBox
        level="attention"
        problem={{
          message: `${what} ${isRunLive ? 'When the run has ended, open the bench with these plates.' : `Have it opened with these plates. ${refusal}`}`,
        }}
      />
    );
  return (
    <ProblemBox
      level="attention"
      problem={{message: what}}
      action={{
        label: 'Open it with these plates',
        onPress: () =>
          void attempt(() => reopenWith(folder), `The plates of “${name}” stand on the virtual bench now.`),
      }}
    />
  );
}

/** Opens the virtual bench again, its instruments of the same kinds, with the plates of another design. */
async function reopenWith(designFolder: string): Promise<void> {
  const {status} = statusStore.getState();
  if (!status) return;
  const {bench, mount, instruments} = status;
  const detector = instruments.find(({kind}) => kind === 'detector')?.driver;
  await client.bench.close();
  await client.bench.open({
    kind: 'virtual',
    designFolder,
    speed: bench.speed,
    isRobotMounting: bench.isRobotMounting,
    hasMounts: mount !== null,
    ...(bench.seed === null ? {} : {seed: bench.seed}),
    ...(detector === undefined ? {} : {detector}),
  });
}
