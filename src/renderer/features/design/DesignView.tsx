import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {reprintLineageSchema} from '../../../contract/reprint.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {attempt, Button, Loading, Panel, ProblemBox} from '../../parts/index.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {designFacts, shortHash} from './design-facts.ts';
import styles from './DesignPage.module.css';
import {ExportPlates} from './ExportPlates.tsx';
import {ImportHeights} from './ImportHeights.tsx';
import {PlateTiles} from './PlateTiles.tsx';
import {Prediction} from './Prediction.tsx';
import {SendToBench} from './SendToBench.tsx';
import {TolerancePanel} from './TolerancePanel.tsx';
import {TrainingPanel} from './TrainingPanel.tsx';

/** What a design with one plate designed again says of where it comes from. */
const reprintSchema = reprintLineageSchema.pick({
  plate: true,
  parentName: true,
  asBuiltVersion: true,
  benchName: true,
});

type DesignData = ApiOutputs['design']['get'];

/** One design. */
export function DesignView({folder}: {readonly folder: string}): ReactElement {
  const design = useQuery(queries.design.get.queryOptions({input: {folder}, staleTime: 60_000}));
  const [ref, widthRem] = useWidthRem();
  const {data, error} = design;
  const room =
    widthRem === null ? '' : widthRem >= 72 ? styles.isWide : widthRem >= 46 ? styles.isMiddle : '';
  return (
    <div ref={ref} className={[styles.view, room].join(' ')}>
      {error && (
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void design.refetch()}}
        />
      )}
      {!data && !error && <Loading what="the design" />}
      {data && (
        <>
          <Prediction design={data} />
          <Facts design={data} />
          <PlateTiles design={data} />
          <TolerancePanel design={data} />
          <TrainingPanel training={data.training} />
        </>
      )}
    </div>
  );
}

function Facts({design}: {readonly design: DesignData}): ReactElement {
  const {file, wavelengthMm, folder, training} = design;
  const hash = file.contentHash;
  const reprint = reprintSchema.safeParse(training?.['reprint']).data ?? null;
  return (
    <Panel title={file.name} className={styles.factsPanel}>
      <dl className={styles.facts}>
        {designFacts(file, wavelengthMm).map(([name, words]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
        {reprint && (
          <div>
            <dt>Comes from</dt>
            <dd>{`plate ${reprint.plate} of “${reprint.parentName}” was designed again for version ${reprint.asBuiltVersion} of it as built on ${reprint.benchName}; all others are its plates`}</dd>
          </div>
        )}
        <div>
          <dt>Content hash</dt>
          <dd className={styles.hash}>
            <code>{shortHash(hash)}</code>
            <Button
              isCompact
              hint={hash}
              aria-label="Copy the content hash"
              onPress={() =>
                void attempt(() => navigator.clipboard.writeText(hash), 'The content hash is copied.')
              }
            >
              Copy
            </Button>
          </dd>
        </div>
        <div>
          <dt>Folder</dt>
          <dd>{folder}</dd>
        </div>
      </dl>
      <ExportPlates
        design={{folder, plateCount: file.layers.length, reprintedPlate: reprint?.plate ?? null}}
      />
      <SendToBench folder={folder} />
      <ImportHeights designHash={hash} plateCount={file.layers.length} />
    </Panel>
  );
}
