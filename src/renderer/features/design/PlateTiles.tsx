import {fixedText, percentText} from '../../../base/number-format.ts';
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
type Shown = 'height' | 'phase' | 'mask';

const shownOptions = [
  {value: 'height', label: 'height'},
  {value: 'phase', label: 'phase'},
] as const;
const maskOption = {value: 'mask', label: 'transmission'} as const;
/** What plates can be shown as: masks where there are any, heights and phases unless there is nothing else. */
function optionsOf(layers: DesignData['file']['layers']): readonly ShownOption[] {
  if (layers.every(({neurons}) => neurons === 'amplitude')) return [maskOption];
  return layers.some(({mask}) => mask !== undefined) ? [...shownOptions, maskOption] : shownOptions;
}

interface ShownOption {
  readonly value: Shown;
  readonly label: string;
}

/** How each quantity of a plate is drawn. */
const looks = {
  height: {name: 'Height', title: 'Height', unit: 'mm', colourMap: null},
  phase: {name: 'Phase', title: 'Phase delay', unit: 'rad', colourMap: 'twilight'},
  mask: {name: 'Transmission', title: 'Amplitude transmission', unit: '', colourMap: null},
} as const;

/** The plane of a plate that is shown; heights where it has no mask. */
function planeOf({heightMm, phaseRad, mask}: PlateData, shown: Shown): PlateData['heightMm'] {
  if (shown === 'mask' && mask) return mask.transmission;
  return shown === 'phase' ? phaseRad : heightMm;
}

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

/** The scale that all plates share; null where each has its own. */
function rangeOf(layers: DesignData['file']['layers'], shown: Shown): readonly [number, number] | null {
  if (shown === 'mask') return [0, 1];
  if (shown === 'phase') return phaseRangeRad;
  const highestMm = Math.max(...layers.map(({levels}) => levels?.maximumMm ?? 0));
  return highestMm > 0 ? [0, highestMm] : null;
}

/** All plates side by side on one scale; each opens large. */
export function PlateTiles({design}: {readonly design: DesignData}): ReactElement {
  const {folder, file} = design;
  const [shownChoice, setShown] = useChoice<string>('design.plates', 'height');
  const options = optionsOf(file.layers);
  const shown = (options.find(({value}) => value === shownChoice) ?? options[0]).value;
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const colourMap = useSettings((settings) => settings.colourMap);
  const range = rangeOf(file.layers, shown);
  const next = options[(options.findIndex(({value}) => value === shown) + 1) % options.length];
  useActions([
    {
      id: 'design.plates',
      title: `Show the ${next.label} of the plates`,
      group: 'Design',
      shortcut: 'shift+h',
      run: () => setShown(next.value),
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
              label={looks[shown].name}
              colourMap={looks[shown].colourMap ?? colourMap}
              range={range}
              unit={looks[shown].unit}
            />
          )}
          <Segments<Shown> label="Plates as" value={shown} onChange={setShown} options={options} />
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
        options={options}
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
  readonly options: readonly ShownOption[];
  readonly onShow: (shown: Shown) => void;
}): ReactElement {
  const {folder, plateCount, index, onIndex, shown, options, onShow} = props;
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
      <LargePlate folder={folder} index={index} shown={shown} options={options} onShow={onShow} />
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
            plane={planeOf(data, shown)}
            sizePx={160}
            colourMap={looks[shown].colourMap ?? colourMap}
            range={range ?? 'auto'}
            unit={looks[shown].unit}
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
      {data && shown === 'mask' && data.mask && (
        <span className={styles.tileText}>passes {percentText(data.mask.passedRatio)} of the power</span>
      )}
      {data && shown !== 'mask' && (
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
  readonly options: readonly ShownOption[];
  readonly onShow: (shown: Shown) => void;
}): ReactElement {
  const {folder, index, shown, options, onShow} = props;
  const {data, error} = usePlate(folder, index);
  return (
    <div className={styles.largePlate}>
      <Segments<Shown> label="Plate as" value={shown} onChange={onShow} options={options} />
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
  const look = looks[shown];
  return (
    <div className={styles.largeMaps}>
      <div className={styles.largeMap}>
        <HeatMap
          label={`${look.title} of plate ${index + 1}`}
          plane={planeOf(plate, shown)}
          unit={look.unit}
          quantity={look.name.toLowerCase()}
          colourMap={look.colourMap ?? colourMap}
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
          {plate.mask && (
            <div>
              <dt>Mask passes</dt>
              <dd>{percentText(plate.mask.passedRatio)} of the power</dd>
            </div>
          )}
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
