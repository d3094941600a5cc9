import {useMemo, useRef, useState, type ReactElement} from 'react';
import type {Comparison, CompareSide} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {attempt, Button, notify, Panel, ProblemBox, Segments, Select, Switch} from '../../parts/index.ts';
import {fileNameFrom, saveFile} from '../../parts/save-file.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {changeSettings, useChoice, useSettings} from '../../settings/settings.ts';
import {
  autoRange,
  colourMapLabels,
  formatReading,
  HeatMap,
  RegionBars,
  ScatterChart,
  valueAtMm,
  valueScaleLabels,
  type PointMm,
  type RectMm,
  type Region,
  type ValueScale,
} from '../../viewer/index.ts';
import styles from './ComparePage.module.css';
import {comparisonCsv} from '../../../contract/comparison-csv.ts';
import {comparisonPicture} from './comparison-picture.ts';
import {metricLines, sideKindText, winnerIndex} from './comparison-labels.ts';
import {CrossProfiles} from './CrossProfiles.tsx';
import {commonMeans, scaledPlane} from './relative-planes.ts';

const scales: readonly ValueScale[] = ['linear', 'log', 'sqrt'];
const colourMaps = ['viridis', 'cividis', 'inferno', 'magma', 'grey'] as const;

/** What both planes are drawn in when they share a scale. */
const relativeUnit = '× mean';

interface Sides {
  readonly a: CompareSide;
  readonly b: CompareSide;
}

/** Two planes, their difference, and how well they agree. */
export function ComparisonView(props: {
  readonly comparison: Comparison;
  readonly a: CompareSide;
  readonly b: CompareSide;
  /** The next one is on its way: what stands here is still the one before. */
  readonly isOld: boolean;
}): ReactElement {
  const {comparison, a, b, isOld} = props;
  const [isSameScale, setIsSameScale] = useChoice<boolean>('compare.isSameScale', true);
  const [scale, setScale] = useChoice<string>('compare.scale', 'linear');
  const valueScale: ValueScale = scales.find((known) => known === scale) ?? 'linear';
  const [cursorMm, setCursorMm] = useState<PointMm | null>(null);
  const [ref, widthRem] = useWidthRem();
  const maps = useRef<HTMLDivElement>(null);
  const planes = useRelative(comparison, isSameScale ? valueScale : null);
  const save = useSaving(comparison, maps, {a, b});
  useActions([
    {
      id: 'compare.sameScale',
      title: isSameScale ? 'Show each plane on its own scale' : 'Show both planes on one scale',
      group: 'Compare',
      shortcut: 'shift+s',
      run: () => setIsSameScale(!isSameScale),
    },
    {id: 'compare.picture', title: 'Save the maps as a picture', group: 'Compare', run: save.picture},
    {id: 'compare.numbers', title: 'Save the numbers as CSV', group: 'Compare', run: save.numbers},
  ]);
  const columns =
    widthRem === null ? '' : widthRem >= 66 ? styles.isWide : widthRem >= 44 ? styles.isMiddle : '';
  return (
    <div ref={ref} className={[styles.view, columns, isOld ? styles.isOld : ''].join(' ')} aria-busy={isOld}>
      <div className={styles.tools}>
        <Switch isSelected={isSameScale} onChange={setIsSameScale}>
          Same scale
        </Switch>
        <ColourFields valueScale={valueScale} onScale={setScale} />
        <span className={styles.grow} />
        <Button onPress={save.picture}>Save picture</Button>
        <Button onPress={save.numbers}>Save numbers as CSV</Button>
      </div>
      <CursorReadOut comparison={comparison} planes={planes} cursorMm={cursorMm} />
      <div className={styles.maps} ref={maps}>
        <Maps {...{comparison, sides: {a, b}, planes, valueScale, cursorMm, onCursorMm: setCursorMm}} />
      </div>
      {comparison.note !== '' && <ProblemBox level="info" problem={{message: comparison.note}} />}
      <div className={styles.figures}>
        <CrossProfiles comparison={comparison} means={planes.means} cursorMm={cursorMm} kinds={{a, b}} />
        <CellScatter comparison={comparison} sides={{a, b}} planes={planes} />
        <Shares comparison={comparison} a={a} b={b} />
        <Metrics comparison={comparison} />
      </div>
    </div>
  );
}

/** Scale of the values and colour map, the same for both planes. */
function ColourFields(props: {
  readonly valueScale: ValueScale;
  readonly onScale: (scale: ValueScale) => void;
}): ReactElement {
  const colourMap = useSettings((settings) => settings.colourMap);
  return (
    <>
      <Segments
        label="Value scale"
        value={props.valueScale}
        onChange={props.onScale}
        options={scales.map((value) => ({value, label: valueScaleLabels[value]}))}
      />
      <Select
        label="Colour map"
        isLabelHidden
        value={colourMap}
        options={colourMaps.map((value) => ({value, label: colourMapLabels[value]}))}
        onChange={(next) => void attempt(() => changeSettings({colourMap: next}))}
      />
    </>
  );
}

/** A, B and their difference beside each other, with one cursor and one zoom. */
function Maps(props: {
  readonly comparison: Comparison;
  readonly sides: Sides;
  readonly planes: Relative;
  readonly valueScale: ValueScale;
  readonly cursorMm: PointMm | null;
  readonly onCursorMm: (cursor: PointMm | null) => void;
}): ReactElement {
  const {comparison, sides, planes, valueScale, cursorMm, onCursorMm} = props;
  const colourMap = useSettings((settings) => settings.colourMap);
  const [zoomMm, setZoomMm] = useState<RectMm | null>(null);
  const regions = useRegions(comparison);
  const linked = {cursorMm, onCursorMm, zoomMm, onZoomMm: setZoomMm, hasReadOut: false};
  const side = (name: 'a' | 'b', title: string): ReactElement => (
    <Panel title={`${title}: ${name === 'a' ? comparison.labelA : comparison.labelB}`}>
      <div className={styles.map}>
        <HeatMap
          {...linked}
          label={`${title}, ${sideKindText(sides[name])}`}
          plane={planes[name]}
          unit={planes[name].unit}
          quantity={title}
          colourMap={colourMap}
          scale={valueScale}
          range={planes.range ?? 'auto'}
          regions={regions[name]}
        />
      </div>
    </Panel>
  );
  return (
    <>
      {side('a', 'A')}
      {side('b', 'B')}
      <Panel title="Difference A − B, of equal sums">
        <div className={styles.map}>
          <HeatMap
            {...linked}
            label="Difference A minus B"
            plane={planes.difference}
            unit={relativeUnit}
            quantity="A − B"
            colourMap="diverging"
            scale="linear"
            regions={regions.plain}
          />
        </div>
      </Panel>
    </>
  );
}

function CellScatter(props: {
  readonly comparison: Comparison;
  readonly sides: Sides;
  readonly planes: Relative;
}): ReactElement {
  const {comparison, sides, planes} = props;
  return (
    <Panel title="A against B, cell by cell">
      <div className={styles.chart}>
        <ScatterChart
          label={`A against B, correlation ${comparison.pearson.value?.toFixed(3) ?? 'unknown'}`}
          x={planes.scatterB}
          y={planes.scatterA}
          xAxis={{label: `B, ${sideKindText(sides.b)}`, unit: relativeUnit}}
          yAxis={{label: `A, ${sideKindText(sides.a)}`, unit: relativeUnit}}
        />
      </div>
    </Panel>
  );
}

/** Planes for the maps and the scatter: relative to the mean of the common cells where they share a scale. */
function useRelative(comparison: Comparison, sharedScale: ValueScale | null) {
  return useMemo(() => {
    const means = commonMeans(comparison.a, comparison.b);
    const a = scaledPlane(comparison.a, means.a, relativeUnit);
    const b = scaledPlane(comparison.b, means.b, relativeUnit);
    const relative = {
      means,
      difference: scaledPlane(comparison.difference, 1 / means.count, relativeUnit),
      scatterA: comparison.scatterA.map((value) => value / means.a),
      scatterB: comparison.scatterB.map((value) => value / means.b),
    };
    if (sharedScale === null) return {...relative, a: comparison.a, b: comparison.b, range: null};
    const range = autoRange([...a.values, ...b.values], {scale: sharedScale});
    return {...relative, a, b, range};
  }, [comparison, sharedScale]);
}

function useRegions({regions, winnerA, winnerB}: Comparison) {
  return useMemo(() => {
    const boxes = (winner: string | null): Region[] =>
      regions.map(({label, centerXMm, centerYMm, widthMm, heightMm}) => ({
        label,
        rectMm: {
          xMm: [centerXMm - widthMm / 2, centerXMm + widthMm / 2],
          yMm: [centerYMm - heightMm / 2, centerYMm + heightMm / 2],
        },
        isEmphasised: label === winner,
      }));
    return {a: boxes(winnerA), b: boxes(winnerB), plain: boxes(null)};
  }, [regions, winnerA, winnerB]);
}

/** Saving what is on the page. */
function useSaving(comparison: Comparison, maps: {readonly current: HTMLElement | null}, sides: Sides) {
  const name = fileNameFrom(`compare ${comparison.labelA} ${sides.b.kind} ${comparison.labelB}`);
  const report = (path: string | null): void => {
    if (path !== null) notify({level: 'info', text: `Saved ${path}.`});
  };
  return {
    picture: () =>
      void attempt(async () => {
        if (!maps.current) return;
        report(await saveFile(`${name}.png`, 'image/png', await comparisonPicture(maps.current)));
      }),
    numbers: () =>
      void attempt(async () => report(await saveFile(`${name}.csv`, 'text/csv', comparisonCsv(comparison)))),
  };
}

type Relative = ReturnType<typeof useRelative>;

/** Place and the three values under the one cursor. */
function CursorReadOut(props: {
  readonly comparison: Comparison;
  readonly planes: Relative;
  readonly cursorMm: PointMm | null;
}): ReactElement {
  const {planes, cursorMm} = props;
  const place = (name: string, valueMm: number): ReactElement => (
    <span>
      {name} {formatReading(valueMm, 'mm').number} mm
    </span>
  );
  const value = (name: string, plane: Relative['a']): ReactElement => {
    const reading = formatReading(cursorMm ? valueAtMm(plane, cursorMm) : NaN, plane.unit);
    return (
      <span className={styles.cursorValue}>
        <strong>{name}</strong> {reading.number} {reading.unit}
      </span>
    );
  };
  return (
    <p className={styles.readOut} aria-label="At the cursor">
      {place('x', cursorMm?.xMm ?? NaN)}
      {place('y', cursorMm?.yMm ?? NaN)}
      {value('A', planes.a)}
      {value('B', planes.b)}
      {value('A − B', planes.difference)}
    </p>
  );
}

function Shares(props: {
  readonly comparison: Comparison;
  readonly a: CompareSide;
  readonly b: CompareSide;
}): ReactElement | null {
  const {comparison, a, b} = props;
  const {regions, sharesA, sharesB} = comparison;
  const labels = useMemo(() => regions.map(({label}) => label), [regions]);
  const percent = useMemo(
    () => ({
      a: sharesA?.map((share) => share * 100) ?? null,
      b: sharesB?.map((share) => share * 100) ?? null,
    }),
    [sharesA, sharesB],
  );
  if (!sharesA && !sharesB) return null;
  return (
    <Panel title="Shares of the detector regions">
      <div className={styles.chart}>
        <RegionBars
          label="Shares of the detector regions, A and B"
          regionLabels={labels}
          measured={percent.a}
          simulated={percent.b}
          measuredName={`A, ${sideKindText(a)}`}
          simulatedName={`B, ${sideKindText(b)}`}
          measuredWinner={winnerIndex(comparison, comparison.winnerA)}
          simulatedWinner={winnerIndex(comparison, comparison.winnerB)}
          unit="%"
        />
      </div>
    </Panel>
  );
}

function Metrics({comparison}: {readonly comparison: Comparison}): ReactElement {
  return (
    <Panel title="Agreement">
      <table className={styles.metrics}>
        <caption>In brackets: 95 % interval, from blocks of neighbouring cells drawn again and again</caption>
        <tbody>
          {metricLines(comparison).map(({name, value, meaning}) => (
            <tr key={name}>
              <th scope="row">
                {name}
                <span className={styles.meaning}>{meaning}</span>
              </th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
