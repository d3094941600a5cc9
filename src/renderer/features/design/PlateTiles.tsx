import {fixedText} from '../../../base/number-format.ts';
import {skipToken, useQuery} from '@tanstack/react-query';
import {useMemo, useState, type ReactElement} from 'react';
import {Button as AriaButton} from 'react-aria-components';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Dialog, Loading, Panel, ProblemBox, Segments} from '../../parts/index.ts';
import {useChoice, useSettings} from '../../settings/settings.ts';
import {HeatMap, Histogram, PlaneLegend, Thumbnail} from '../../viewer/index.ts';
import styles from './DesignPage.module.css';

type DesignData = ApiOutputs['design']['get'];
type PlateData = ApiOutputs['design']['plate'];
type Shown = 'height' | 'phase';

const shownOptions = [
  {value: 'height', label: 'height'},
  {value: 'phase', label: 'phase'},
] as const;

function usePlate(folder: string, index: number | null) {
  return useQuery(
    queries.design.plate.queryOptions({
      input: index === null ? skipToken : {folder, index},
      staleTime: Infinity,
    }),
  );
}

const phaseRangeRad = [-Math.PI, Math.PI] as const;
const mm = (valueMm: number): string => `${fixedText(valueMm, 3)} mm`;

/** All plates side by side on one scale; each opens large. */
export function PlateTiles({design}: {readonly design: DesignData}): ReactElement {
  const {folder, file} = design;
  const [shownChoice, setShown] = useChoice<string>('design.plates', 'height');
  const shown: Shown = shownChoice === 'phase' ? 'phase' : 'height';
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const colourMap = useSettings((settings) => settings.colourMap);
  const highestMm = Math.max(...file.layers.map(({levels}) => levels?.maximumMm ?? 0));
  const range = shown === 'phase' ? phaseRangeRad : highestMm > 0 ? ([0, highestMm] as const) : null;
  useActions([
    {
      id: 'design.plates',
      title: shown === 'height' ? 'Show the phase of the plates' : 'Show the heights of the plates',
      group: 'Design',
      shortcut: 'shift+h',
      run: () => setShown(shown === 'height' ? 'phase' : 'height'),
    },
    ...file.layers.map((_, i) => ({
      id: `design.plate.${i}`,
      title: `Open plate ${i + 1}`,
      group: 'Design',
      run: () => setOpenIndex(i),
    })),
  ]);
  return (
    <Panel
      title="Plates"
      className={styles.platesPanel}
      tools={
        <>
          {range && (
            <PlaneLegend
              label={shown === 'phase' ? 'Phase' : 'Height'}
              colourMap={shown === 'phase' ? 'twilight' : colourMap}
              range={range}
              unit={shown === 'phase' ? 'rad' : 'mm'}
            />
          )}
          <Segments<Shown> label="Plates as" value={shown} onChange={setShown} options={shownOptions} />
        </>
      }
    >
      <TileList layers={file.layers} folder={folder} shown={shown} range={range} onOpen={setOpenIndex} />
      <PlateDialog
        folder={folder}
        plateCount={file.layers.length}
        index={openIndex}
        onIndex={setOpenIndex}
        shown={shown}
        onShow={setShown}
      />
    </Panel>
  );
}

function TileList(props: {
  readonly layers: DesignData['file']['layers'];
  readonly folder: string;
  readonly shown: Shown;
  readonly range: readonly [number, number] | null;
  readonly onOpen: (index: number) => void;
}): ReactElement {
  const {layers, folder, shown, range, onOpen} = props;
  return (
    <ul className={styles.tiles}>
      {layers.map((layer, i) => (
        <li key={layer.heightMap}>
          <PlateTile
            folder={folder}
            index={i}
            shown={shown}
            words={`z ${layer.zMm} mm`}
            range={range}
            onOpen={() => onOpen(i)}
          />
        </li>
      ))}
    </ul>
  );
}

/** One plate large, with steps to its neighbours; closed without an index. */
function PlateDialog(props: {
  readonly folder: string;
  readonly plateCount: number;
  readonly index: number | null;
  readonly onIndex: (index: number | null) => void;
  readonly shown: Shown;
  readonly onShow: (shown: Shown) => void;
}): ReactElement {
  const {folder, plateCount, index, onIndex, shown, onShow} = props;
  const step = (by: number): void => onIndex(index === null ? null : index + by);
  return (
    <Dialog
      title={index === null ? 'Plate' : `Plate ${index + 1}`}
      isOpen={index !== null}
      onClose={() => onIndex(null)}
      widthRem={90}
      buttons={
        <>
          <Button isDisabled={index === null || index === 0} onPress={() => step(-1)}>
            Previous plate
          </Button>
          <Button isDisabled={index === null || index >= plateCount - 1} onPress={() => step(1)}>
            Next plate
          </Button>
        </>
      }
    >
      <LargePlate folder={folder} index={index} shown={shown} onShow={onShow} />
    </Dialog>
  );
}

function PlateTile(props: {
  readonly folder: string;
  readonly index: number;
  readonly shown: Shown;
  readonly words: string;
  readonly range: readonly [number, number] | null;
  readonly onOpen: () => void;
}): ReactElement {
  const {folder, index, shown, range} = props;
  const {data, error} = usePlate(folder, index);
  const colourMap = useSettings((settings) => settings.colourMap);
  return (
    <AriaButton className={styles.tile ?? ''} onPress={props.onOpen}>
      <span className={styles.tilePicture}>
        {data ? (
          <Thumbnail
            label=""
            plane={shown === 'height' ? data.heightMm : data.phaseRad}
            sizePx={160}
            colourMap={shown === 'height' ? colourMap : 'twilight'}
            range={range ?? 'auto'}
            unit={shown === 'height' ? 'mm' : 'rad'}
          />
        ) : error ? (
          problemFrom(error).message
        ) : (
          'loading ...'
        )}
      </span>
      <span className={styles.tileHead}>
        <strong>Plate {index + 1}</strong>
        <span>{props.words}</span>
      </span>
      {data && (
        <span className={styles.tileText}>
          {fixedText(data.minMm, 2)} / {fixedText(data.meanMm, 2)} / {fixedText(data.maxMm, 2)} mm
          <span className={styles.hidden}> lowest, mean, highest</span>
        </span>
      )}
    </AriaButton>
  );
}

function LargePlate(props: {
  readonly folder: string;
  readonly index: number | null;
  readonly shown: Shown;
  readonly onShow: (shown: Shown) => void;
}): ReactElement {
  const {folder, index, shown, onShow} = props;
  const {data, error} = usePlate(folder, index);
  return (
    <div className={styles.largePlate}>
      <Segments<Shown> label="Plate as" value={shown} onChange={onShow} options={shownOptions} />
      {error && <ProblemBox problem={problemFrom(error)} />}
      {!data && !error && <Loading what="the plate" />}
      {data && <LargePlateMaps plate={data} shown={shown} index={index ?? 0} />}
    </div>
  );
}

function LargePlateMaps(props: {
  readonly plate: PlateData;
  readonly shown: Shown;
  readonly index: number;
}): ReactElement {
  const {plate, shown, index} = props;
  const colourMap = useSettings((settings) => settings.colourMap);
  const axis = useMemo(() => ({label: 'height', unit: 'mm'}), []);
  const isHeight = shown === 'height';
  return (
    <div className={styles.largeMaps}>
      <div className={styles.largeMap}>
        <HeatMap
          label={`${isHeight ? 'Height' : 'Phase delay'} of plate ${index + 1}`}
          plane={isHeight ? plate.heightMm : plate.phaseRad}
          unit={isHeight ? 'mm' : 'rad'}
          quantity={isHeight ? 'height' : 'phase'}
          colourMap={isHeight ? colourMap : 'twilight'}
        />
      </div>
      <div className={styles.largeSide}>
        <dl className={styles.facts}>
          <div>
            <dt>Lowest</dt>
            <dd>{mm(plate.minMm)}</dd>
          </div>
          <div>
            <dt>Mean</dt>
            <dd>{mm(plate.meanMm)}</dd>
          </div>
          <div>
            <dt>Highest</dt>
            <dd>{mm(plate.maxMm)}</dd>
          </div>
        </dl>
        <div className={styles.chart}>
          <Histogram
            label={`Heights of plate ${index + 1}`}
            edges={plate.histogram.edgesMm}
            counts={plate.histogram.counts}
            axis={axis}
          />
        </div>
      </div>
    </div>
  );
}
