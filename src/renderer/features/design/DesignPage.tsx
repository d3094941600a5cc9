import {countOf} from '../../../base/count-text.ts';
import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, EmptyState, ProblemBox, Segments, Select} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import styles from './DesignPage.module.css';
import {DesignView} from './DesignView.tsx';
import {ImportMaps} from './ImportMaps.tsx';
import {TradeOffPanel} from './TradeOffPanel.tsx';
import {TrainingComparison} from './TrainingComparison.tsx';
import {TrainingStudio} from './TrainingStudio.tsx';

type View = 'design' | 'train' | 'compare';

const views: readonly {readonly value: View; readonly label: string}[] = [
  {value: 'design', label: 'Designs'},
  {value: 'train', label: 'Train a network'},
  {value: 'compare', label: 'Compare trainings'},
];

/** A network as it is printed, and what the twin says that it does. */
export function DesignPage(): ReactElement {
  const list = useQuery(queries.design.list.queryOptions());
  const [chosenFolder, setFolder] = useChoice<string>('design.folder', '');
  const [view, setView] = useState<View>('design');
  const designs = list.data ?? [];
  const usable = designs.filter(({problem}) => problem === '');
  const folder = usable.find((design) => design.folder === chosenFolder)?.folder ?? usable[0]?.folder;
  const broken = designs.filter(({problem}) => problem !== '');
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>Design</h1>
        <Segments label="View" value={view} onChange={setView} options={views} />
        {view === 'design' && usable.length > 0 && (
          <Select
            label="Design"
            isLabelHidden
            value={folder ?? null}
            options={usable.map((design) => ({
              value: design.folder,
              label: `${design.name}, ${countOf(design.layerCount, 'plate')}, ${design.frequencyHz / 1e9} GHz`,
            }))}
            onChange={setFolder}
          />
        )}
        {view === 'design' && list.data && <ImportMaps designs={usable} onShow={setFolder} />}
      </header>
      {list.error && (
        <ProblemBox
          problem={problemFrom(list.error)}
          action={{label: 'Try again', onPress: () => void list.refetch()}}
        />
      )}
      {broken.map(({folder: path, problem}) => (
        <ProblemBox key={path} level="attention" problem={{message: `${path}: ${problem}`}} />
      ))}
      {list.isPending && <Loading what="the designs" />}
      {view === 'design' && list.data && folder === undefined && (
        <EmptyState
          title="No design at hand"
          text="A design is a folder with design.json and its height maps. Train one here or with “d2nn-bench twin train --out FOLDER”, or put a folder under the data folder’s designs."
        />
      )}
      {view === 'design' && folder !== undefined && <DesignView key={folder} folder={folder} />}
      {view === 'train' && (
        <TrainingStudio
          onShow={(shown) => {
            setFolder(shown);
            setView('design');
          }}
        />
      )}
      {view === 'compare' && <TrainingComparison designs={usable} />}
      {view === 'compare' && usable.length > 0 && <TradeOffPanel designs={usable} />}
    </div>
  );
}
