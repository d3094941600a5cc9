import {keepPreviousData, skipToken, useQuery} from '@tanstack/react-query';
import {type ReactElement, type ReactNode, useMemo, useState} from 'react';
import type {CampaignItem, DigitPlanes} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, PlaceState, ProblemBox, Segments} from '../../parts/index.ts';
import {quantityWords, usePointsVersion, useRunPoints, useStagePlace} from '../../run-data/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {HeatMap, type Plane, type PointMm, type RectMm, type Region} from '../../viewer/index.ts';
import {type Against, againstWords} from './campaign-words.ts';
import {DigitThumbnail} from './DigitPicker.tsx';
import {differencePlane, maskPlane, sharedRange, symmetricRange} from './digit-picture.ts';
import styles from './CampaignPage.module.css';

/** Mask, measured, simulated and difference of one digit, under one cursor and on one scale. */
export function DigitMaps(props: {
  readonly item: CampaignItem;
  readonly against: Against;
  readonly onAgainst: (against: Against) => void;
  /** Counts up when something of the campaign changed, so that the planes are asked for again. */
  readonly version: number;
}): ReactElement {
  const {item, against, onAgainst, version} = props;
  const {runUid} = item;
  const planes = useQuery({
    ...queries.campaign.planes.queryOptions({input: runUid === null ? skipToken : {runUid}}),
    // The fit of the frame and the end of the scan change what stands here.
    queryKey: [...queries.campaign.planes.queryKey({input: {runUid: runUid ?? ''}}), version],
    placeholderData: (before, query) =>
      query?.queryKey.includes(version) ? undefined : keepPreviousData(before),
    retry: 1,
  });
  const shown = planes.data?.runUid === runUid ? (planes.data ?? null) : null;
  if (runUid === null)
    return (
      <div className={styles.waiting}>
        <DigitThumbnail picture={item.picture} sizePx={168} />
        <PlaceState
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
  return <Maps key={runUid} {...{item, against, onAgainst}} planes={shown} />;
}

function Maps(props: {
  readonly item: CampaignItem;
  readonly planes: DigitPlanes;
  readonly against: Against;
  readonly onAgainst: (against: Against) => void;
}): ReactElement {
  const {item, planes, against, onAgainst} = props;
  const [cursorMm, setCursorMm] = useState<PointMm | null>(null);
  const [zoomMm, setZoomMm] = useState<RectMm | null>(null);
  const colourMap = useSettings((settings) => settings.colourMap);
  const simulated = planes[against];
  const {measured} = planes;
  const isLive = item.state === 'running';
  const range = useMemo(
    () => sharedRange(isLive ? [simulated] : [measured, planes.nominal, planes.registered]),
    [isLive, measured, simulated, planes],
  );
  const difference = useMemo(
    () => (measured && simulated && !isLive ? differencePlane(measured, simulated) : null),
    [measured, simulated, isLive],
  );
  const regions = useMemo(() => planes.regions.map(regionOf), [planes.regions]);
  const mask = useMemo(() => maskPlane(planes.mask), [planes.mask]);
  const shared = {colourMap, cursorMm, onCursorMm: setCursorMm, zoomMm, onZoomMm: setZoomMm, regions};
  const hasRegistered = planes.registered !== null;
  return (
    <div className={styles.maps}>
      <MapTile title="Measured" note={isLive ? 'live, raw amplitude R' : 'energy, its sum is 1'}>
        {isLive ? (
          <LiveMeasured runUid={planes.runUid} shared={shared} />
        ) : measured ? (
          <HeatMap label="Measured" plane={measured} unit="" quantity="measured" range={range} {...shared} />
        ) : (
          <PlaceState title="Not measured" text="No point of this digit could be used." />
        )}
      </MapTile>
      <MapTile
        title="Simulated"
        note={againstWords[against]}
        tools={
          <Segments
            label="Simulation"
            value={against}
            onChange={onAgainst}
            options={[
              {value: 'nominal', label: 'Nominal'},
              {value: 'registered', label: 'Registered', isDisabled: !hasRegistered},
            ]}
          />
        }
      >
        {simulated ? (
          <HeatMap
            label="Simulated"
            plane={simulated}
            unit=""
            quantity="simulated"
            range={range}
            {...shared}
          />
        ) : (
          <PlaceState
            title="Not simulated yet"
            text={
              against === 'registered' ? 'The frame of the scan is not fitted yet.' : 'It is being computed.'
            }
          />
        )}
      </MapTile>
      <MapTile title="Difference" note="measured − simulated">
        {difference ? (
          <DifferenceMap plane={difference} shared={shared} />
        ) : (
          <PlaceState
            title={isLive ? 'After the scan' : 'No difference'}
            text={isLive ? 'It is taken when the plane is complete.' : 'One of the two planes is missing.'}
          />
        )}
      </MapTile>
      <MapTile title="Mask" note="as seen along the beam">
        <HeatMap
          label={`Mask of digit ${planes.label}`}
          plane={mask}
          unit=""
          colourMap="grey"
          range={maskRange}
          hasColourBar={false}
          hasReadOut={false}
        />
      </MapTile>
    </div>
  );
}

const maskRange = [0, 1] as const;

interface SharedMapProps {
  readonly colourMap: 'viridis' | 'cividis' | 'inferno' | 'magma' | 'grey';
  readonly cursorMm: PointMm | null;
  readonly onCursorMm: (cursor: PointMm | null) => void;
  readonly zoomMm: RectMm | null;
  readonly onZoomMm: (zoom: RectMm | null) => void;
  readonly regions: readonly Region[];
}

function DifferenceMap({
  plane,
  shared,
}: {
  readonly plane: Plane;
  readonly shared: SharedMapProps;
}): ReactElement {
  const range = useMemo(() => symmetricRange(plane), [plane]);
  return (
    <HeatMap
      {...shared}
      label="Measured minus simulated"
      plane={plane}
      unit=""
      quantity="difference"
      colourMap="diverging"
      scale="symmetric"
      range={range}
    />
  );
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
  const place = useStagePlace();
  usePointsVersion(points, 1);
  if (problem) return <ProblemBox problem={problem} />;
  if (!points?.plane) return <Loading what="the points" />;
  return (
    <HeatMap
      {...shared}
      label="Measured amplitude R"
      plane={points.plane}
      unit={quantityWords.r.unit}
      quantity="R"
      track={points.track}
      presentMm={place}
    />
  );
}

function MapTile(props: {
  readonly title: string;
  readonly note: string;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <figure className={styles.tile}>
      <figcaption className={styles.tileHead}>
        <span className={styles.tileTitle}>{props.title}</span>
        <span className={styles.quietText}>{props.note}</span>
        {props.tools}
      </figcaption>
      <div className={styles.tileMap}>{props.children}</div>
    </figure>
  );
}

const regionOf = ({
  label,
  centerXMm,
  centerYMm,
  widthMm,
  heightMm,
}: DigitPlanes['regions'][number]): Region => ({
  label,
  rectMm: {
    xMm: [centerXMm - widthMm / 2, centerXMm + widthMm / 2],
    yMm: [centerYMm - heightMm / 2, centerYMm + heightMm / 2],
  },
});
