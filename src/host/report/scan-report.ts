/** The report of a session of scans: what was measured, with which settings, as pictures and numbers. */
import {countOf} from '../../base/count-text.ts';
import {niceStep} from '../../base/nice-step.ts';
import {digitsText, quantityText} from '../../base/number-format.ts';
import {markup, type Markup} from './markup.ts';
import {formatSetting, formatTime, ticksBetween} from './number-format.ts';
import {px, renderColourBar, renderPlaneFigure} from './plane-figure.ts';
import type {Raster} from './raster.ts';
import type {ReportInstrument} from './report-data.ts';
import {renderPage} from './report-page.ts';
import {renderPairs, renderSettings} from './tables.ts';

/** One run as the report shows it. */
export interface ScanReportRun {
  readonly uid: string;
  readonly scanId: number;
  readonly planName: string;
  readonly planArgs: Readonly<Record<string, unknown>>;
  readonly sample: string;
  readonly purpose: string;
  readonly startedAt: string;
  /** Null while the run is under way. */
  readonly endedAt: string | null;
  readonly ending: string;
  readonly pointCount: number;
  /** What plane and trace are of: what tells the strength of the detector's signal (R of a lock-in amplifier). */
  readonly shown: {readonly label: string; readonly unit: string};
  /** Over the plane, in the unit of what is shown; null for runs that are no planes. */
  readonly plane: Raster | null;
  /** Along the way of a run that is no plane; null where nothing can be drawn. */
  readonly trace: {
    readonly axis: string;
    readonly along: ArrayLike<number>;
    readonly values: ArrayLike<number>;
  } | null;
  readonly instruments: readonly ReportInstrument[];
}

export interface ScanReportData {
  readonly session: {
    readonly uid: string;
    readonly title: string;
    readonly operator: string;
    readonly benchName: string;
    readonly startedAt: string;
  };
  readonly runs: readonly ScanReportRun[];
  readonly notes: readonly {readonly time: string; readonly author: string; readonly text: string}[];
  readonly provenance: readonly (readonly [name: string, value: string])[];
  readonly writtenAt: string;
}

/** Renders a report. A pure function: the same data give the same file, byte for byte. */
export function renderScanReport(data: ScanReportData): string {
  const {session, runs, notes} = data;
  const points = runs.reduce((sum, {pointCount}) => sum + pointCount, 0);
  return renderPage(
    session.title,
    markup`<h1>${session.title}</h1>
<p class="quiet">bench ${session.benchName}; operator ${session.operator}; ${formatTime(session.startedAt)}; ${countOf(runs.length, 'run')}, ${countOf(points, 'point')}</p>
<h2>Runs</h2>
<div class="card">${renderRunTable(runs)}</div>
${runs.map(renderRun)}
${
  notes.length > 0 &&
  markup`<h2>Notes</h2><div class="card">${renderPairs(
    'Notes of operator and program',
    notes.map(({time, author, text}) => [`${formatTime(time)}, ${author}`, text]),
  )}</div>`
}
<h2>Where this comes from</h2>
<div class="card">${renderPairs('Provenance', [['session', session.uid], ...data.provenance, ['report written (UTC)', data.writtenAt]])}
<p>Raw readings as they were stored: nothing was taken off and nothing was smoothed. Pictures: x to the right, y up; one cell is one scan point; hatched cells were not measured.</p></div>`,
  );
}

function renderRunTable(runs: readonly ScanReportRun[]): Markup {
  const rows = runs.map((run) => {
    const range = rangeOf(run.plane?.values ?? run.trace?.values ?? []);
    return markup`<tr><th scope="row"><a href="#run-${run.scanId}">${run.scanId}</a></th><td>${run.planName}</td><td>${run.sample}</td><td>${run.pointCount}</td><td>${formatTime(run.startedAt)}</td><td>${run.endedAt === null ? 'under way' : formatTime(run.endedAt)}</td><td>${run.ending}</td><td>${range ? quantityText(range.low, run.shown.unit, 3) : 'n/a'}</td><td>${range ? quantityText(range.high, run.shown.unit, 3) : 'n/a'}</td></tr>`;
  });
  const labels = new Set(runs.map(({shown}) => shown.label));
  const label = labels.size === 1 ? runs[0].shown.label : 'signal';
  return markup`<div class="scroll"><table class="digits"><caption>Each run of this session</caption><thead><tr><th scope="col">run</th><th scope="col">plan</th><th scope="col">sample</th><th scope="col">points</th><th scope="col">begun</th><th scope="col">ended</th><th scope="col">ending</th><th scope="col">smallest ${label}</th><th scope="col">largest ${label}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function renderRun(run: ScanReportRun): Markup {
  return markup`<section class="card" id="run-${run.scanId}"><header><h3>Run ${run.scanId}: ${run.planName}${run.sample === '' ? '' : `, ${run.sample}`}</h3><span>${countOf(run.pointCount, 'point')}</span><span>${run.ending}</span></header>${run.purpose !== '' && markup`<p>${run.purpose}</p>`}<p class="quiet">${run.uid}</p><div class="row">${renderPicture(run)}</div><div class="settings">${renderPairs(
    'Plan',
    Object.entries(run.planArgs).map(([name, value]) => [name, argumentText(value)]),
  )}${run.instruments.map(({role, model, identity, settings}) => renderSettings(`${role}: ${model} (${identity})`, settings))}</div></section>`;
}

const argumentText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? formatSetting(value)
    : JSON.stringify(value);

function renderPicture(run: ScanReportRun): Markup | null {
  if (run.plane) {
    const range = rangeOf(run.plane.values);
    if (!range) return markup`<p>No point of this plane was measured.</p>`;
    const {label} = run.shown;
    const unit = prefixOf(Math.max(Math.abs(range.low), Math.abs(range.high)), run.shown.unit);
    const raster = {...run.plane, values: run.plane.values.map((value) => value / unit.factor)};
    const scale = {low: range.low / unit.factor, high: range.high / unit.factor, kind: 'linear'} as const;
    return markup`<div class="on-scale">${renderPlaneFigure({caption: label, description: `${label} over the plane of run ${run.scanId}`, raster, map: 'viridis', scale})}${renderColourBar('viridis', scale, `${label} (${unit.name})`)}</div>`;
  }
  return run.trace && run.trace.values.length > 1 ? renderTrace(run, run.trace) : null;
}

const size = {width: 620, height: 200, left: 58, right: 8, top: 12, bottom: 36};

function renderTrace(
  {scanId, shown}: ScanReportRun,
  {axis, along, values}: NonNullable<ScanReportRun['trace']>,
): Markup | null {
  const [across, range] = [rangeOf(along), rangeOf(values)];
  if (!across || !range || across.high === across.low) return null;
  const unit = prefixOf(Math.max(Math.abs(range.low), Math.abs(range.high)), shown.unit);
  const [low, high] = [Math.min(0, range.low) / unit.factor, (range.high / unit.factor || 1) * 1.05];
  const [plotWidth, plotHeight] = [size.width - size.left - size.right, size.height - size.top - size.bottom];
  const x = (value: number): number =>
    size.left + (plotWidth * (value - across.low)) / (across.high - across.low);
  const y = (value: number): number => size.top + plotHeight * (1 - (value - low) / (high - low));
  const steps = Array.from(
    {length: values.length},
    (_, i) => `${px(x(along[i]))} ${px(y(values[i] / unit.factor))}`,
  );
  const xTicks = ticksBetween(across.low, across.high, niceStep(across.high - across.low, 8)).map(
    (value) =>
      markup`<path class="tick" d="M${px(x(value))} ${size.height - size.bottom}v4"/><text x="${px(x(value))}" y="${size.height - size.bottom + 15}" class="middle">${tickText(value)}</text>`,
  );
  const yTicks = ticksBetween(low, high, niceStep(high - low, 4)).map(
    (value) =>
      markup`<path class="grid" d="M${size.left} ${px(y(value))}H${size.width - size.right}"/><text x="${size.left - 6}" y="${px(y(value) + 3.5)}" class="end">${tickText(value)}</text>`,
  );
  return markup`<figure class="shares"><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${shown.label} along ${axis}, run ${scanId}">${yTicks}${xTicks}<path class="drift" d="M${steps.join('L')}"/><text x="${px(size.left + plotWidth / 2)}" y="${size.height - 4}" class="middle">${axis}</text><text transform="translate(11 ${px(size.top + plotHeight / 2)}) rotate(-90)" class="middle">${shown.label} (${unit.name})</text></svg></figure>`;
}

const tickText = (value: number): string => digitsText(value, 6);

const prefixes = [
  [1, ''],
  [1e-3, 'm'],
  [1e-6, '\u00b5'],
  [1e-9, 'n'],
] as const;

/** The prefix with which a size in `unit` is a number between 1 and 1000; a pure number and degrees have none. */
function prefixOf(size: number, unit: string): {readonly factor: number; readonly name: string} {
  if (unit === '' || unit === 'deg') return {factor: 1, name: unit};
  const [factor, prefix] = prefixes.find(([smallest]) => size >= smallest) ?? prefixes[prefixes.length - 1];
  return {factor, name: `${prefix}${unit}`};
}

function rangeOf(values: ArrayLike<number>): {readonly low: number; readonly high: number} | null {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return low <= high ? {low, high} : null;
}
