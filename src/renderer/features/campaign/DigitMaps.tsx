import {keepPreviousData, skipToken, useQuery} from '@tanstack/react-query';
import {type ReactElement, type ReactNode, useMemo, useState} from 'react';
import type {CampaignItem, DigitPlanes} from '../../../contract/api/index.ts';
import type {CampaignDigitResult} from '../../../contract/campaign-result.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {maskPlane} from '../../parts/digit-picture.ts';
import {DigitThumbnail} from '../../parts/DigitThumbnail.tsx';
import {Loading, EmptyState, ProblemBox} from '../../parts/index.ts';
import {usePointsVersion, useRunPoints, useStagePosition} from '../../run-data/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {
  formatReading,
  HeatMap,
  type Plane,
  PlaneLegend,
  type PointMm,
  type RectMm,
  type Region,
  Thumbnail,
  valueAtMm,
} from '../../viewer/index.ts';
import {type Against, scoreOf} from './campaign-labels.ts';
import {SimulationChoice} from './SimulationChoice.tsx';
import {differencePlane, sharedRange, symmetricRange} from './digit-planes.ts';
import styles from './CampaignPage.module.css';

/** Mask, measured, simulated and difference of one digit, under one cursor and on one scale. */
export function DigitMaps(props: {
  readonly item: CampaignItem;
  readonly digit: CampaignDigitResult | null;
  readonly against: Against;
  readonly onAgainst: (against: Against) => void;
  /** Counts up when something of the campaign changed, so that the planes are asked for again. */
  readonly version: number;
}): ReactElement {
  const {item, digit, against, onAgainst, version} = props;
  const {runUid} = item;
  const planes = useQuery({
    ...queries.campaign.planes.queryOptions({input: runUid === null ? skipToken : {runUid}}),
    // The fit of the frame and the end of the scan change what stands here.
    queryKey: [...queries.campaign.planes.queryKey({input: {runUid: runUid ?? ''}}), version],
    // The prediction comes by itself, without a new version of the campaign.
    refetchInterval: ({state}) => (state.data && !state.data.nominal ? 4000 : false),
    placeholderData: (before, query) =>
      query?.queryKey.includes(version) ? undefined : keepPreviousData(before),
    retry: 1,
  });
  const shown = planes.data?.runUid === runUid ? (planes.data ?? null) : null;
  if (runUid === null)
    return (
      <div className={styles.waiting}>
        <DigitThumbnail picture={item.picture} sizePx={168} />
        <EmptyState
          title={`Digit ${item.label}: ${item.state === 'skipped' ? 'skipped' : 'not measured yet'}`}
          text={
            item.state === 'skipped' ? 'It has no points.' : 'Its planes appear here while it is measured.'
          }
        />
      </div>
    );
  if (!shown && planes.error)
    return (
      <ProblemBox
        problem={problemFrom(planes.error)}
        action={{label: 'Try again', onPress: () => void planes.refetch()}}
      />
    );
  if (!shown) return <Loading what="the planes of the digit" />;
  return <Maps key={runUid} {...{item, digit, against, onAgainst}} planes={shown} />;
}

interface MapsProps {
  readonly item: CampaignItem;
  readonly planes: DigitPlanes;
  readonly digit: CampaignDigitResult | null;
  readonly against: Against;
  readonly onAgainst: (against: Against) => void;
}

function Maps(props: MapsProps): ReactElement {
  const {item, planes, digit, against, onAgainst} = props;
  const [cursorMm, setCursorMm] = useState<PointMm | null>(null);
  const [zoomMm, setZoomMm] = useState<RectMm | null>(null);
  const colourMap = useSettings((settings) => settings.colourMap);
  const simulated = planes[against];
  const isLive = item.state === 'running';
  const measured = isLive ? null : planes.measured;
  const {range, difference, differenceRange} = useComparedPlanes(planes, measured, simulated);
  const measuredRegions = useRegions(planes.regions, digit?.measured.winner ?? null);
  const simulatedRegions = useRegions(planes.regions, digit ? scoreOf(digit, against).winner : null);
  const shared = {colourMap, cursorMm, onCursorMm: setCursorMm, zoomMm, onZoomMm: setZoomMm};
  const onScale = {...shared, unit: '', range, hasColourBar: false, hasReadOut: false};
  return (
    <>
      <div className={styles.maps}>
        <MapTile title="Measured" note={isLive ? 'live, raw amplitude R' : ''}>
          {isLive ? (
            <LiveMeasured runUid={planes.runUid} shared={{...shared, regions: measuredRegions}} />
          ) : measured ? (
            <HeatMap label="Measured energy" plane={measured} regions={measuredRegions} {...onScale} />
          ) : (
            <EmptyState title="Not measured" text="No point of this digit could be used." />
          )}
        </MapTile>
        <MapTile title="Simulated" note={<SimulationChoice {...{planes, against, onAgainst}} />}>
          {simulated ? (
            <HeatMap label="Simulated energy" plane={simulated} regions={simulatedRegions} {...onScale} />
          ) : (
            <EmptyState title="Not simulated yet" text={whyNotSimulated[against]} />
          )}
        </MapTile>
        <MapTile title="Difference" note="measured − simulated">
          {difference && differenceRange ? (
            <HeatMap
              {...onScale}
              label="Measured minus simulated energy"
              plane={difference}
              colourMap="diverging"
              scale="symmetric"
              range={differenceRange}
            />
          ) : (
            <EmptyState {...(isLive ? differenceAfterScan : noDifference)} />
          )}
        </MapTile>
      </div>
      <div className={styles.foot}>
        <MaskTile planes={planes} />
        <div className={styles.legends}>
          <Legends {...{colourMap, range, differenceRange}} />
          {!isLive && <CursorText {...{cursorMm, measured, simulated, difference}} />}
        </div>
      </div>
    </>
  );
}

/** One scale for all planes of a digit, and what measured and simulated differ by on a scale of its own. */
function useComparedPlanes(planes: DigitPlanes, measured: Plane | null, simulated: Plane | null) {
  const {nominal, registered, aligned} = planes;
  const range = useMemo(
    () => sharedRange([measured, nominal, registered, aligned]),
    [measured, nominal, registered, aligned],
  );
  const difference = useMemo(
    () => (measured && simulated ? differencePlane(measured, simulated) : null),
    [measured, simulated],
  );
  const differenceRange = useMemo(() => (difference ? symmetricRange(difference) : null), [difference]);
  return {range, difference, differenceRange};
}

const whyNotSimulated: Readonly<Record<Against, string>> = {
  nominal: 'It is being computed.',
  registered: 'The frame of the scan is not fitted yet.',
  aligned: 'No accepted placement applies to it; the Align page says why.',
};

const differenceAfterScan = {title: 'After the scan', text: 'It is taken when the plane is complete.'};
const noDifference = {title: 'No difference', text: 'One of the two planes is missing.'};

type ValueRange = readonly [number, number];

function Legends(props: {
  readonly colourMap: SharedMapProps['colourMap'];
  readonly range: ValueRange;
  readonly differenceRange: ValueRange | null;
}): ReactElement {
  const {colourMap, range, differenceRange} = props;
  return (
    <>
      <PlaneLegend label="Energy, its sum is 1" colourMap={colourMap} range={range} unit="" />
      {differenceRange && (
        <PlaneLegend
          label="Difference"
          colourMap="diverging"
          scale="symmetric"
          range={differenceRange}
          unit=""
        />
      )}
    </>
  );
}

/** The boxes of the regions; only the winner's carries its name, or the names would hide small maps. */
function useRegions(regions: DigitPlanes['regions'], winner: string | null): readonly Region[] {
  return useMemo(
    () =>
      regions.map(({label, centerXMm, centerYMm, widthMm, heightMm}) => ({
        label: label === winner ? label : '',
        isEmphasised: label === winner,
        rectMm: {
          xMm: [centerXMm - widthMm / 2, centerXMm + widthMm / 2],
          yMm: [centerYMm - heightMm / 2, centerYMm + heightMm / 2],
        },
      })),
    [regions, winner],
  );
}

function MaskTile({planes}: {readonly planes: DigitPlanes}): ReactElement {
  const mask = useMemo(() => maskPlane(planes.mask), [planes.mask]);
  return (
    <figure className={styles.maskTile}>
      <Thumbnail
        label={`Mask of digit ${planes.label}`}
        plane={mask}
        sizePx={64}
        colourMap="grey"
        range={maskRange}
      />
      <figcaption>
        <span className={styles.tileTitle}>Mask</span>
        <span className={styles.quietText}>along the beam</span>
      </figcaption>
    </figure>
  );
}

const maskRange = [0, 1] as const;

/** The values of all three planes under the one cursor. */
function CursorText(props: {
  readonly cursorMm: PointMm | null;
  readonly measured: Plane | null;
  readonly simulated: Plane | null;
  readonly difference: Plane | null;
}): ReactElement {
  const {cursorMm, ...planes} = props;
  const value = (plane: Plane | null): string =>
    plane && cursorMm ? formatReading(valueAtMm(plane, cursorMm), '').number : '–––';
  const place = (mm: number | undefined): string => formatReading(mm ?? NaN, 'mm').number;
  return (
    <p className={styles.cursorText}>
      <span>x {place(cursorMm?.xMm)} mm</span>
      <span>y {place(cursorMm?.yMm)} mm</span>
      <span>measured {value(planes.measured)}</span>
      <span>simulated {value(planes.simulated)}</span>
      <span>difference {value(planes.difference)}</span>
    </p>
  );
}

interface SharedMapProps {
  readonly colourMap: 'viridis' | 'cividis' | 'inferno' | 'magma' | 'grey';
  readonly cursorMm: PointMm | null;
  readonly onCursorMm: (cursor: PointMm | null) => void;
  readonly zoomMm: RectMm | null;
  readonly onZoomMm: (zoom: RectMm | null) => void;
  readonly regions: readonly Region[];
}

/** What is being scanned now, in the raw readings: nothing can be taken off before the plane is complete. */
function LiveMeasured({
  runUid,
  shared,
}: {
  readonly runUid: string;
  readonly shared: SharedMapProps;
}): ReactElement {
  const {points, problem} = useRunPoints(runUid, 'r');
  const place = useStagePosition();
  usePointsVersion(points, 1);
  if (problem) return <ProblemBox problem={problem} />;
  if (!points?.plane) return <Loading what="the points" />;
  const [{label, short, unit}] = points.quantities;
  return (
    <HeatMap
      {...shared}
      label={`Measured: ${label}`}
      plane={points.plane}
      unit={unit}
      quantity={short}
      presentMm={place}
    />
  );
}

function MapTile(props: {
  readonly title: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <figure className={styles.tile}>
      <figcaption className={styles.tileHead}>
        <span className={styles.tileTitle}>{props.title}</span>
        <span className={styles.quietText}>{props.note}</span>
      </figcaption>
      <div className={styles.tileMap}>{props.children}</div>
    </figure>
  );
}
