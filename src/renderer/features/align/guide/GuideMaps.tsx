import {useQuery} from '@tanstack/react-query';
import {useMemo, useState, type ReactElement} from 'react';
import type {GuideStep, Plane} from '../../../../contract/api/index.ts';
import {problemFrom, queries} from '../../../connection/index.ts';
import {Loading, Panel, ProblemBox, Segments} from '../../../parts/index.ts';
import {useSettings} from '../../../settings/settings.ts';
import {formatReading, HeatMap, valueAtMm, type PointMm, type RectMm} from '../../../viewer/index.ts';
import {commonRange} from '../probe-planes.ts';
import styles from './Guide.module.css';

/** The plane that was expected beside the one that was seen and the one that was found, under one cursor. */
export function GuideMaps({planes}: Pick<GuideStep, 'planes'>): ReactElement {
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = planes.find(({artifactUid}) => artifactUid === chosen) ?? planes[0];
  const asked = useQuery(
    queries.alignGuide.planes.queryOptions({
      input: {artifactUid: shown.artifactUid},
      // A stored plane never changes.
      staleTime: Infinity,
    }),
  );
  return (
    <Panel
      title="Expected beside seen"
      tools={
        planes.length > 1 && (
          <Segments
            isCompact
            label="Plane"
            value={shown.artifactUid}
            onChange={setChosen}
            options={planes.map(({artifactUid, label}) => ({value: artifactUid, label}))}
          />
        )
      }
    >
      {asked.error ? (
        <ProblemBox
          problem={problemFrom(asked.error)}
          action={{label: 'Try again', onPress: () => void asked.refetch()}}
        />
      ) : asked.data ? (
        <Maps {...asked.data} />
      ) : (
        <Loading what="the planes" />
      )}
    </Panel>
  );
}

function Maps(props: {
  readonly label: string;
  readonly expected: Plane;
  readonly seen: Plane;
  readonly found: Plane;
}): ReactElement {
  const {label, expected, seen, found} = props;
  const colourMap = useSettings((settings) => settings.colourMap);
  const [cursorMm, setCursorMm] = useState<PointMm | null>(null);
  const [zoomMm, setZoomMm] = useState<RectMm | null>(null);
  const range = useMemo(() => commonRange([expected, seen, found]), [expected, seen, found]);
  const tiles = [
    {title: 'Expected', plane: expected},
    {title: 'Seen', plane: seen},
    {title: 'As found', plane: found},
  ];
  return (
    <>
      <p className={styles.readOut}>
        <span>x {formatReading(cursorMm?.xMm ?? NaN, 'mm').number} mm</span>
        <span>y {formatReading(cursorMm?.yMm ?? NaN, 'mm').number} mm</span>
        {tiles.map(({title, plane}) => (
          <span key={title}>
            {title.toLowerCase()}{' '}
            {cursorMm ? formatReading(valueAtMm(plane, cursorMm), plane.unit).text : '–––'}
          </span>
        ))}
      </p>
      <div className={styles.maps}>
        {tiles.map(({title, plane}) => (
          <figure key={title} className={styles.tile}>
            <figcaption>{title}</figcaption>
            <div className={styles.map}>
              <HeatMap
                label={`${title}: ${label}`}
                plane={plane}
                unit={plane.unit}
                colourMap={colourMap}
                scale="linear"
                range={range}
                cursorMm={cursorMm}
                onCursorMm={setCursorMm}
                zoomMm={zoomMm}
                onZoomMm={setZoomMm}
                hasReadOut={false}
              />
            </div>
          </figure>
        ))}
      </div>
    </>
  );
}
