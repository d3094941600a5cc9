import {fixedText, typographic} from '../../../base/number-format.ts';
import {useMemo, useState, type ReactElement} from 'react';
import {ListBox, ListBoxItem} from 'react-aria-components';
import type {AlignDetail, AlignPicture} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {maskPlane} from '../../parts/digit-picture.ts';
import {Button, Panel, EmptyState, Segments} from '../../parts/index.ts';
import {useChoice, useSettings} from '../../settings/settings.ts';
import {
  formatReading,
  HeatMap,
  Thumbnail,
  valueAtMm,
  valueScaleLabels,
  type PointMm,
  type RectMm,
  type ValueScale,
} from '../../viewer/index.ts';
import styles from './AlignPage.module.css';
import {commonRange, regionsOnScan, residualRange, residualText, summariseResidual} from './probe-planes.ts';

const scales: readonly ValueScale[] = ['linear', 'sqrt'];
const maskRange = [0, 1] as const;

/** Measured, predicted as aligned, and what is left in sigma, for each object under one cursor. */
export function ProbeMaps({detail}: {readonly detail: AlignDetail}): ReactElement {
  const {pictures, result} = detail;
  const [chosenUid, setChosenUid] = useState<string | null>(null);
  const found = pictures.findIndex(({runUid}) => runUid === chosenUid);
  const index = Math.max(0, found);
  const picture = pictures[index];
  const step = (by: number): void => setChosenUid(pictures[index + by]?.runUid ?? null);
  const isFirst = index === 0;
  const isLast = index >= pictures.length - 1;
  useActions([
    {
      id: 'align.previousPlane',
      title: 'Previous plane of the alignment',
      group: 'Align',
      shortcut: 'p',
      disabledBecause: isFirst ? 'This is the first plane.' : undefined,
      run: () => step(-1),
    },
    {
      id: 'align.nextPlane',
      title: 'Next plane of the alignment',
      group: 'Align',
      shortcut: 'n',
      disabledBecause: isLast ? 'This is the last plane.' : undefined,
      run: () => step(1),
    },
  ]);
  return (
    <Panel
      title="Measured beside predicted"
      tools={
        <>
          <Button isCompact isDisabled={isFirst} hint="Previous plane (P)" onPress={() => step(-1)}>
            ‹ Previous plane
          </Button>
          <Button isCompact isDisabled={isLast} hint="Next plane (N)" onPress={() => step(1)}>
            Next plane ›
          </Button>
        </>
      }
    >
      {picture ? (
        <>
          <PlaneList
            planes={pictures.map((one, i) => ({
              id: one.runUid,
              picture: one,
              correlation: result.planes[i]?.correlationAfter ?? null,
            }))}
            chosenUid={picture.runUid}
            onChoose={setChosenUid}
          />
          <Maps picture={picture} detail={detail} />
        </>
      ) : (
        <EmptyState title="No planes here" text="The runs of this alignment are no longer in the store." />
      )}
    </Panel>
  );
}

interface ListedPlane {
  readonly id: string;
  readonly picture: AlignPicture;
  readonly correlation: number | null;
}

function PlaneList(props: {
  readonly planes: readonly ListedPlane[];
  readonly chosenUid: string;
  readonly onChoose: (runUid: string) => void;
}): ReactElement {
  return (
    <ListBox
      aria-label="Planes of the alignment"
      layout="grid"
      orientation="horizontal"
      className={styles.probes ?? ''}
      items={props.planes}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      escapeKeyBehavior="none"
      selectedKeys={[props.chosenUid]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys];
        if (key !== undefined) props.onChoose(String(key));
      }}
    >
      {({id, picture, correlation}) => (
        <ListBoxItem
          id={id}
          textValue={`digit ${picture.label}`}
          aria-label={`Digit ${picture.label}, ${picture.sample}, run ${picture.scanId}`}
          className={styles.probe ?? ''}
        >
          <ProbeMask mask={picture.mask} />
          <span className={styles.probeText}>
            <span>digit {picture.label}</span>
            {correlation !== null && <span className={styles.quiet}>{correlation.toFixed(4)}</span>}
          </span>
        </ListBoxItem>
      )}
    </ListBox>
  );
}

function ProbeMask({mask}: Pick<AlignPicture, 'mask'>): ReactElement | null {
  const plane = useMemo(() => (mask.count > 0 ? maskPlane(mask) : null), [mask]);
  return plane && <Thumbnail label="" plane={plane} sizePx={36} colourMap="grey" range={maskRange} />;
}

function Maps(props: {readonly picture: AlignPicture; readonly detail: AlignDetail}): ReactElement {
  const {picture, detail} = props;
  const {measured, aligned, residual} = picture;
  const [scaleChoice, setScale] = useChoice<string>('align.scale', 'linear');
  const scale: ValueScale = scaleChoice === 'sqrt' ? 'sqrt' : 'linear';
  const colourMap = useSettings((settings) => settings.colourMap);
  const [cursorMm, setCursorMm] = useState<PointMm | null>(null);
  const [zoomMm, setZoomMm] = useState<RectMm | null>(null);
  const range = useMemo(() => commonRange([measured, aligned]), [measured, aligned]);
  const sigmas = useMemo(() => residualRange(residual.values), [residual]);
  const summary = useMemo(() => summariseResidual(residual.values), [residual]);
  const regions = useMemo(() => regionsOnScan(detail.regions, detail.frame), [detail]);
  const linked = {
    cursorMm,
    onCursorMm: setCursorMm,
    zoomMm,
    onZoomMm: setZoomMm,
    hasReadOut: false,
    regions,
  };
  const shown = {colourMap, scale, range};
  return (
    <>
      <MapsHead picture={picture} scale={scale} onScale={setScale} />
      <ReadOut picture={picture} cursorMm={cursorMm} />
      <div className={styles.maps}>
        <MapTile title="Measured">
          <HeatMap
            {...linked}
            {...shown}
            label={`Measured plane of digit ${picture.label}`}
            plane={measured}
            unit={measured.unit}
          />
        </MapTile>
        <MapTile title="Predicted as aligned">
          <HeatMap
            {...linked}
            {...shown}
            label={`Prediction as aligned of digit ${picture.label}`}
            plane={aligned}
            unit={aligned.unit}
          />
        </MapTile>
        <MapTile title="Residual: measured − predicted, in σ">
          <HeatMap
            {...linked}
            label={`Residual of digit ${picture.label} in standard deviations`}
            plane={residual}
            unit="σ"
            colourMap="diverging"
            scale="symmetric"
            range={sigmas}
          />
        </MapTile>
      </div>
      <p className={styles.quiet}>{residualText(summary)}.</p>
    </>
  );
}

/** Which plane it is, and the scale of its values. */
function MapsHead(props: {
  readonly picture: AlignPicture;
  readonly scale: ValueScale;
  readonly onScale: (scale: string) => void;
}): ReactElement {
  const {picture, scale, onScale} = props;
  return (
    <div className={styles.probeTools}>
      <strong>{picture.sample || `digit ${picture.label}`}</strong>
      <span className={styles.quiet}>run {String(picture.scanId).padStart(4, '0')}</span>
      <Segments
        isCompact
        label="Value scale"
        value={scale}
        onChange={onScale}
        options={scales.map((one) => ({value: one, label: valueScaleLabels[one]}))}
      />
    </div>
  );
}

/** The three planes' values under the common cursor. */
function ReadOut(props: {readonly picture: AlignPicture; readonly cursorMm: PointMm | null}): ReactElement {
  const {cursorMm} = props;
  const {measured, aligned, residual} = props.picture;
  const value = (plane: typeof measured): string =>
    cursorMm ? formatReading(valueAtMm(plane, cursorMm), plane.unit).text : '–––';
  const place = (mm: number | undefined): string => formatReading(mm ?? NaN, 'mm').number;
  return (
    <p className={styles.readOut}>
      <span>x {place(cursorMm?.xMm)} mm</span>
      <span>y {place(cursorMm?.yMm)} mm</span>
      <span className={styles.cursorValue}>measured {value(measured)}</span>
      <span className={styles.cursorValue}>predicted {value(aligned)}</span>
      <span className={styles.cursorValue}>
        residual {cursorMm ? `${formatSigma(valueAtMm(residual, cursorMm))}` : '–––'}
      </span>
    </p>
  );
}

const formatSigma = (sigma: number): string =>
  Number.isFinite(sigma) ? `${typographic(fixedText(sigma, 1))} σ` : 'not used';

function MapTile(props: {readonly title: string; readonly children: ReactElement}): ReactElement {
  return (
    <figure className={styles.tile}>
      <figcaption className={styles.tileTitle}>{props.title}</figcaption>
      <div className={styles.map}>{props.children}</div>
    </figure>
  );
}
