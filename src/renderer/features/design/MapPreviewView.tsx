import {useMemo, useState, type ComponentProps, type ReactElement, type ReactNode} from 'react';
import {fixedText, roundedText} from '../../../base/number-format.ts';
import type {Corner} from '../../../contract/map-import.ts';
import type {MapArrayFacts, MapPlate, MapPreview} from '../../../contract/api/index.ts';
import {ProblemBox, Select} from '../../parts/index.ts';
import {HeatMap, Histogram, type Overlay} from '../../viewer/index.ts';
import styles from './DesignPage.module.css';

/** What files hold, and the plates that they would make. */
export function MapPreviewView({preview}: {readonly preview: MapPreview}): ReactElement {
  const {arrays, notes, plates, problem, warnings} = preview;
  const [shown, setShown] = useState(1);
  const plate = plates.find((own) => own.plate === shown) ?? plates.at(0);
  return (
    <div role="status">
      <ul aria-label="Arrays of the files">
        {arrays.map((array) => (
          <li key={`${array.file} ${array.name}`}>{arrayText(array)}</li>
        ))}
      </ul>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {problem !== '' && <ProblemBox level="attention" problem={{message: problem}} />}
      {plate && (
        <>
          <Select
            label="Plate"
            value={plate.plate}
            onChange={setShown}
            options={plates.map((own) => ({value: own.plate, label: `${own.plate}: ${own.from}`}))}
          />
          <PlatePreview key={plate.plate} plate={plate} />
        </>
      )}
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}

const short = (value: number): string => roundedText(value, 4);

function arrayText({file, name, shape, dtype, min, max, mean, ...counts}: MapArrayFacts): string {
  const range =
    min === null || max === null || mean === null
      ? 'no numbers'
      : `${short(min)} to ${short(max)}, mean ${short(mean)}`;
  const missing = counts.missingCount > 0 ? `, ${counts.missingCount} missing (NaN)` : '';
  const infinite = counts.infiniteCount > 0 ? `, ${counts.infiniteCount} infinite` : '';
  return `${name === '' ? file : `${file}: ${name}`}: ${shape.join(' × ') || 'one number'} (${dtype}), ${range}${missing}${infinite}`;
}

/** A plate as seen from the detector, with the ends of the file's first row marked. */
function PlatePreview({plate}: {readonly plate: MapPlate}): ReactElement {
  const {neurons, mask, firstNumberAt, firstRowEndsAt} = plate;
  return (
    <>
      <p>
        The first number of the file is at the {firstNumberAt}, the end of its first row at the{' '}
        {firstRowEndsAt}, as seen from the detector.
      </p>
      {neurons !== 'amplitude' && <ReliefPreview plate={plate} />}
      {mask && <MaskPreview plate={plate} mask={mask} />}
    </>
  );
}

function ReliefPreview({plate}: {readonly plate: MapPlate}): ReactElement {
  const {heightMm, minMm, maxMm, meanMm, heightCount, rounding, histogram} = plate;
  return (
    <MapWithHistogram
      plate={plate}
      map={{label: `Height of plate ${plate.plate}`, plane: heightMm, unit: 'mm', quantity: 'height'}}
      histogram={{label: `Heights of plate ${plate.plate}`, ...histogram, axis: heightAxis}}
    >
      Relief {fixedText(minMm, 3)} to {fixedText(maxMm, 3)} mm, mean {fixedText(meanMm, 3)} mm; {heightCount}{' '}
      heights{rounding && `; whole slices cost ${fixedText(rounding.rmsRad, 3)} rad RMS`}.
    </MapWithHistogram>
  );
}

function MaskPreview({
  plate,
  mask,
}: {
  readonly plate: MapPlate;
  readonly mask: NonNullable<MapPlate['mask']>;
}): ReactElement {
  const {from, transmission, min, max, passedRatio, histogram, levels} = mask;
  return (
    <MapWithHistogram
      plate={plate}
      map={{
        label: `Transmission of plate ${plate.plate}`,
        plane: transmission,
        unit: '',
        quantity: 'amplitude',
      }}
      histogram={{label: `Transmissions of plate ${plate.plate}`, ...histogram, axis: transmissionAxis}}
    >
      Mask of {from}: amplitude transmission {fixedText(min, 3)} to {fixedText(max, 3)},{' '}
      {levels === 2 ? 'open or closed' : levels === null ? 'of any size' : `on ${levels} levels`};{' '}
      {fixedText(100 * passedRatio, 1)} % of the power passes.
    </MapWithHistogram>
  );
}

/** A map of a plate with the file's ends marked, and beside it what is said of it and how its values are spread. */
function MapWithHistogram({
  plate,
  map: {label, ...map},
  histogram,
  children,
}: {
  readonly plate: MapPlate;
  readonly map: Pick<ComponentProps<typeof HeatMap>, 'label' | 'plane' | 'unit' | 'quantity'>;
  readonly histogram: ComponentProps<typeof Histogram>;
  readonly children: ReactNode;
}): ReactElement {
  const overlays = useEnds(plate);
  return (
    <div className={styles.largeMaps}>
      <div className={styles.previewMap}>
        <HeatMap
          label={`${label}, seen from the detector`}
          {...map}
          axisLabels={axisLabels}
          overlays={overlays}
        />
      </div>
      <div className={styles.largeSide}>
        <p>{children}</p>
        <div className={styles.chart}>
          <Histogram {...histogram} />
        </div>
      </div>
    </div>
  );
}

/** Marks of the first number of the file and of the end of its first row. */
function useEnds(plate: MapPlate): readonly Overlay[] {
  return useMemo(
    (): Overlay[] => [
      {
        kind: 'point',
        atMm: cornerMm(plate, plate.firstNumberAt),
        shape: 'ring',
        tone: 'attention',
        label: 'first',
      },
      {
        kind: 'point',
        atMm: cornerMm(plate, plate.firstRowEndsAt),
        shape: 'cross',
        tone: 'attention',
        label: 'row ends',
      },
    ],
    [plate],
  );
}

const axisLabels = {x: 'x', y: 'y'};
const heightAxis = {label: 'height', unit: 'mm'};
const transmissionAxis = {label: 'transmission', unit: ''};

function cornerMm(
  {heightMm: {xMm, yMm}}: MapPlate,
  corner: Corner,
): {readonly xMm: number; readonly yMm: number} {
  return {
    xMm: corner.endsWith('left') ? xMm[0] : xMm[1],
    yMm: corner.startsWith('bottom') ? yMm[0] : yMm[1],
  };
}
