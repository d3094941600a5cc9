/** The page that the heat-map's bench opens: a map of 200 x 200 cells with track and strip chart, fed live. */
import {createRoot} from 'react-dom/client';
import {
  HeatMap,
  LivePlane,
  LivePoint,
  LiveTrack,
  SeriesRing,
  StripChart,
} from '../../src/renderer/viewer/index.ts';
import type {StripSeries} from '../../src/renderer/viewer/index.ts';
import {createFeed} from './feed.ts';

const size = 200;
const plane = new LivePlane({rows: size, columns: size, xMm: [0, 39.8], yMm: [0, 39.8]});
const track = new LiveTrack();
const stage = new LivePoint();
const ring = new SeriesRing(2);
const series: readonly StripSeries[] = [
  {label: 'R', unit: 'V', channel: 0, tone: 'measured'},
  {label: 'theta', unit: 'deg', channel: 1, tone: 'source', isDashed: true},
];

window.benchFeed = createFeed(size, 0.2, (xMm, yMm, valueV, timeS) => {
  plane.setPoint(xMm, yMm, valueV);
  track.append(xMm, yMm);
  stage.set({xMm, yMm});
  ring.push(timeS, [valueV, (valueV * 1e5) % 180]);
});

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <>
      <HeatMap
        label="Measured amplitude"
        quantity="R"
        plane={plane}
        unit="V"
        track={track}
        presentMm={stage}
        hasProfiles
      />
      <StripChart label="Readings" ring={ring} series={series} spanS={30} />
    </>,
  );
