/** Share bars and drift trace as inline SVG. */
import {countOf} from '../../base/count-text.ts';
import {niceStep} from '../../base/nice-step.ts';
import {digitsText} from '../../base/number-format.ts';
import type {CampaignDigitResult} from '../../contract/campaign-result.ts';
import {markup, type Markup} from './markup.ts';
import {formatPercent, ticksBetween} from './number-format.ts';
import {px} from './plane-figure.ts';

const size = {width: 620, height: 190, left: 58, right: 8, top: 12, bottom: 36};

/** Measured shares filled with error bars, simulated ones as outline (as registered) and dash (nominal). */
export function renderShareFigure(labels: readonly string[], digit: CampaignDigitResult): Markup {
  const {measured, nominal, registered} = digit;
  const all = [...(measured.shares ?? []), ...(nominal.shares ?? []), ...(registered.shares ?? [])];
  const highest = Math.max(0.1, ...all) * 1.08;
  const plotHeight = size.height - size.top - size.bottom;
  const plotWidth = size.width - size.left - size.right;
  const y = (share: number): number => size.top + plotHeight * (1 - Math.max(0, share) / highest);
  const slot = plotWidth / labels.length;
  const columns = labels.map((label, k) => {
    const left = size.left + k * slot + slot * 0.16;
    const width = slot * 0.68;
    const center = left + width / 2;
    const share = measured.shares?.[k];
    const sigma = measured.sharesSigma?.[k];
    const bar =
      share !== undefined &&
      markup`<rect class="measured" x="${px(left)}" y="${px(y(share))}" width="${px(width)}" height="${px(y(0) - y(share))}"/>`;
    const error =
      share !== undefined &&
      sigma !== undefined &&
      markup`<path class="error" d="M${px(center)} ${px(y(share - sigma))}V${px(y(share + sigma))}M${px(center - 4)} ${px(y(share - sigma))}h8M${px(center - 4)} ${px(y(share + sigma))}h8"/>`;
    const outlined = registered.shares?.[k];
    const outline =
      outlined !== undefined &&
      markup`<rect class="simulated" x="${px(left - 3)}" y="${px(y(outlined))}" width="${px(width + 6)}" height="${px(y(0) - y(outlined))}"/>`;
    const dashed = nominal.shares?.[k];
    const dash =
      dashed !== undefined &&
      markup`<path class="nominal" d="M${px(left - 3)} ${px(y(dashed))}h${px(width + 6)}"/>`;
    const isWinner = label === measured.winner;
    return markup`${bar}${outline}${dash}${error}<text x="${px(center)}" y="${px(y(0) + 15)}" class="${isWinner ? 'middle strong' : 'middle'}">${isWinner ? `\u25b2 ${label}` : label}</text>`;
  });
  const ticks = ticksBetween(0, highest, niceStep(highest, 4)).map(
    (share) =>
      markup`<path class="grid" d="M${size.left} ${px(y(share))}H${size.width - size.right}"/><text x="${size.left - 6}" y="${px(y(share) + 3.5)}" class="end">${formatPercent(share)}</text>`,
  );
  const described = labels
    .map((label, k) => `${label}: ${formatPercent(measured.shares?.[k] ?? null, 1)}`)
    .join(', ');
  return markup`<figure class="shares"><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Measured energy share of each detector region: ${described}">${ticks}${columns}<path class="tick" d="M${size.left} ${px(y(0))}H${size.width - size.right}"/><text x="${px(size.left + plotWidth / 2)}" y="${size.height - 4}" class="middle">detector region</text><text transform="translate(11 ${px(size.top + plotHeight / 2)}) rotate(-90)" class="middle">energy share</text></svg><figcaption>${shareLegend}</figcaption></figure>`;
}

const shareLegend = markup`<span class="key"><svg width="16" height="12" aria-hidden="true"><rect class="measured" x="1" y="1" width="14" height="10"/></svg> measured, with one standard deviation</span> <span class="key"><svg width="16" height="12" aria-hidden="true"><rect class="simulated" x="1" y="1" width="14" height="10"/></svg> simulated as registered</span> <span class="key"><svg width="16" height="12" aria-hidden="true"><path class="nominal" d="M0 6h16"/></svg> simulated nominal</span> <span class="key">\u25b2 measured winner</span>`;

export interface DriftTrace {
  readonly label: string;
  readonly timeS: readonly number[];
  /** Reference readings divided by their mean in the run. */
  readonly ratio: readonly number[];
  readonly sigma: readonly number[];
}

/** Reference readings over the campaign, each run relative to its own mean (another mask, another level). */
export function renderDriftFigure(traces: readonly DriftTrace[]): Markup {
  const points = traces.flatMap(({timeS, ratio, sigma}) =>
    timeS.map((time, i) => ({time, ratio: ratio[i], sigma: sigma[i]})),
  );
  if (points.length === 0) return markup`<p>No reference point was visited, so the drift is not known.</p>`;
  const startS = Math.min(...points.map(({time}) => time));
  const spanS = Math.max(1, Math.max(...points.map(({time}) => time)) - startS);
  const unit = spanS > 300 ? {seconds: 60, name: 'min'} : {seconds: 1, name: 's'};
  const reach = Math.max(0.002, ...points.map(({ratio, sigma}) => Math.abs(ratio - 1) + sigma)) * 1.1;
  const wide = {...size, width: 1120};
  const plotHeight = wide.height - wide.top - wide.bottom;
  const plotWidth = wide.width - wide.left - wide.right;
  const x = (timeS: number): number => wide.left + (plotWidth * (timeS - startS)) / spanS;
  const y = (ratio: number): number => wide.top + (plotHeight * (1 - (ratio - 1) / reach)) / 2;
  const lines = traces.map(({label, timeS, ratio, sigma}) => {
    if (timeS.length === 0) return null;
    const line = `M${timeS.map((time, i) => `${px(x(time))} ${px(y(ratio[i]))}`).join('L')}`;
    const errors = timeS.map(
      (time, i) =>
        markup`<path class="error" d="M${px(x(time))} ${px(y(ratio[i] - sigma[i]))}V${px(y(ratio[i] + sigma[i]))}"/><circle class="drift-point" cx="${px(x(time))}" cy="${px(y(ratio[i]))}" r="2.4"/>`,
    );
    return markup`<path class="drift" d="${line}"/>${errors}<text x="${px(x(timeS[0]))}" y="${wide.top + 8}">${label}</text>`;
  });
  const yTicks = ticksBetween(-reach, reach, niceStep(2 * reach, 4)).map(
    (part) =>
      markup`<path class="grid" d="M${wide.left} ${px(y(1 + part))}H${wide.width - wide.right}"/><text x="${wide.left - 6}" y="${px(y(1 + part) + 3.5)}" class="end">${formatPercent(part, 1)}</text>`,
  );
  const step = niceStep(spanS / unit.seconds, 8);
  const xTicks = ticksBetween(0, spanS / unit.seconds, step).map((time) => {
    const at = x(startS + time * unit.seconds);
    return markup`<path class="tick" d="M${px(at)} ${wide.height - wide.bottom}v4"/><text x="${px(at)}" y="${wide.height - wide.bottom + 15}" class="middle">${digitsText(time, 6)}</text>`;
  });
  return markup`<figure class="drift-figure"><svg viewBox="0 0 ${wide.width} ${wide.height}" role="img" aria-label="Reference readings over time, each run relative to its mean; ${countOf(points.length, 'visit')}">${yTicks}${xTicks}${lines}<text x="${px(wide.left + plotWidth / 2)}" y="${wide.height - 4}" class="middle">time since the first visit (${unit.name})</text></svg><figcaption>Change of the reference reading against the mean of its run. The number above each piece is its digit; the straight lines are what the correction uses.</figcaption></figure>`;
}
