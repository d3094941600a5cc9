/** Tables of the report: every figure that a picture shows is also there to be read. */
import {fixedText} from '../../base/number-format.ts';
import {
  limitingCause,
  verdictCauseLabels,
  type CampaignDigitResult,
  type CampaignResult,
  type MarginError,
  type MatrixPair,
  type RateResult,
} from '../../contract/campaign-result.ts';
import {markup, type Markup} from './markup.ts';
import {formatFixed, formatPercent, formatSetting, formatWithSigma} from './number-format.ts';

/** A rate as a headline: what it is, the figure, what it rests on. */
export const renderRateTile = (title: string, rate: RateResult, note: string): Markup =>
  markup`<div class="tile"><h3>${title}</h3><p class="figure">${formatPercent(rate.ratio)}</p><p>${rate.successes} of ${rate.count}, 95 % interval ${formatFixed(100 * rate.low, 0)} to ${formatPercent(rate.high)}</p><p class="quiet">${note}</p></div>`;

export function renderDigitTable(result: CampaignResult): Markup {
  const hasAligned = result.alignment !== undefined;
  const rows = result.digits.map((digit, i) => renderDigitRow(digit, i, hasAligned));
  return markup`<div class="scroll"><table class="digits"><caption>Each digit: what the bench measured and what the simulation says</caption><thead><tr><th scope="col">digit</th><th scope="col">measured winner</th><th scope="col">verdict</th><th scope="col">margin of shares</th><th scope="col">margin (sigma)</th><th scope="col">limited by</th><th scope="col">nominal winner</th><th scope="col">as registered</th><th scope="col">match</th><th scope="col">Pearson nominal</th><th scope="col">Pearson registered</th><th scope="col">NRMSE nominal</th><th scope="col">NRMSE registered</th>${hasAligned && markup`<th scope="col">as aligned</th><th scope="col">Pearson aligned</th><th scope="col">NRMSE aligned</th>`}<th scope="col">stray energy</th><th scope="col">points</th></tr></thead><tbody>${rows}</tbody></table></div><p class="quiet">Sigma is that of the measured winner on this bench: how far noise, source, drift, dark level, the step of the scan and the registered frame may have moved it. It says nothing of how well the simulation fits; for that see the correlation.</p>`;
}

function renderDigitRow(digit: CampaignDigitResult, index: number, hasAligned: boolean): Markup {
  const {measured, nominal, registered, aligned} = digit;
  const alignedCells =
    hasAligned &&
    markup`<td>${aligned?.winner ?? 'n/a'}</td><td>${formatFixed(aligned?.pearson ?? null, 3)}</td><td>${formatFixed(aligned?.nrmse ?? null, 2)}</td>`;
  const hasMatched = measured.verdict === 'decided' && measured.winner === nominal.winner;
  return markup`<tr${!hasMatched && markup` class="differs"`}><th scope="row"><a href="#digit-${index}">${digit.label}</a></th><td>${measured.winner ?? 'n/a'}</td><td>${measured.verdict}</td><td>${formatPercent(measured.margin, 1)}</td><td>${formatFixed(measured.marginSigma, 1)}</td><td>${limitText(measured.marginError)}</td><td>${nominal.winner ?? 'n/a'}</td><td>${registered.winner ?? 'n/a'}</td><td>${matchText(digit, hasMatched)}</td><td>${formatFixed(nominal.pearson, 3)}</td><td>${formatFixed(registered.pearson, 3)}</td><td>${formatFixed(nominal.nrmse, 2)}</td><td>${formatFixed(registered.nrmse, 2)}</td>${alignedCells}<td>${formatPercent(measured.strayRatio, 1)}</td><td>${digit.pointCount}</td></tr>`;
}

/** What the sigma of a verdict comes from most. */
function limitText(error: MarginError | undefined): string {
  const cause = error ? limitingCause(error) : null;
  return cause === null ? 'n/a' : verdictCauseLabels[cause];
}

const matchText = ({measured}: CampaignDigitResult, hasMatched: boolean): string =>
  measured.shares === null ? 'not scored' : hasMatched ? '\u2713 yes' : '\u2717 no';

/** Counts of winners by true class. */
export function renderConfusion(
  title: string,
  labels: readonly string[],
  matrix: MatrixPair,
  tone: Tone,
): Markup {
  const hasUndecided = matrix.undecided.some((count) => count > 0);
  const rows = labels.map((label, truth) => {
    const row = matrix.counts[truth];
    const total = row.reduce((sum, count) => sum + count, 0) + matrix.undecided[truth];
    const cells = row.map((count, winner) =>
      cell(total === 0 ? 0 : count / total, count === 0 ? '' : String(count), tone, truth === winner),
    );
    const undecided = hasUndecided && markup`<td>${matrix.undecided[truth] || ''}</td>`;
    return markup`<tr><th scope="row">${label}</th>${cells}${undecided}</tr>`;
  });
  return matrixTable(`${title}: counts`, labels, rows, {corner: 'true \\ winner', hasUndecided});
}

/** Mean energy shares of the regions by true class, per cent. */
export function renderEnergyMatrix(
  title: string,
  {labels, regionLabels}: {readonly labels: readonly string[]; readonly regionLabels: readonly string[]},
  matrix: MatrixPair,
  tone: Tone,
): Markup {
  const rows = labels.map((label, truth) => {
    const shares = matrix.meanShares[truth];
    const cells = regionLabels.map((region, k) =>
      shares
        ? cell(shares[k], fixedText(100 * shares[k], 0), tone, region === label)
        : markup`<td class="absent"></td>`,
    );
    return markup`<tr><th scope="row">${label}</th>${cells}</tr>`;
  });
  return matrixTable(`${title}: mean energy share (%)`, regionLabels, rows, {
    corner: 'true \\ region',
    hasUndecided: false,
  });
}

export type Tone = 'measured' | 'simulated';

const cell = (part: number, text: string, tone: Tone, isDiagonal: boolean): Markup =>
  markup`<td class="${isDiagonal ? `${tone} diagonal` : tone}" style="--part:${Math.max(0, Math.min(1, part)).toFixed(3)}">${text}</td>`;

const matrixTable = (
  title: string,
  labels: readonly string[],
  rows: readonly Markup[],
  {corner, hasUndecided}: {readonly corner: string; readonly hasUndecided: boolean},
): Markup =>
  markup`<table class="matrix"><caption>${title}</caption><thead><tr><th scope="col" class="corner">${corner}</th>${labels.map((label) => markup`<th scope="col">${label}</th>`)}${hasUndecided && markup`<th scope="col">undecided</th>`}</tr></thead><tbody>${rows}</tbody></table>`;

export function renderRegistration({registration}: CampaignResult): Markup {
  const {fit} = registration;
  const rows: [string, string][] = [
    ['shift in x', formatWithSigma(registration.dxMm, fit?.sigma.dxMm, 'mm')],
    ['shift in y', formatWithSigma(registration.dyMm, fit?.sigma.dyMm, 'mm')],
    [
      'rotation, positive from x to y',
      formatWithSigma(registration.rotationDeg, fit?.sigma.rotationDeg, 'deg'),
    ],
  ];
  if (fit !== undefined)
    rows.push(
      ['Pearson correlation before', formatFixed(fit.pearsonBefore, 3)],
      ['Pearson correlation after', formatFixed(fit.pearsonAfter, 3)],
      ['best other place', formatFixed(fit.pearsonSecond, 3)],
      ['points', String(fit.pointCount)],
      ['status', statusOf(fit)],
    );
  const note = fit === undefined && markup`<p>The registration was given, not fitted here.</p>`;
  return markup`<div>${note}${renderPairs('Where the scan frame stands in the output plane of the design (one standard deviation)', rows)}</div>`;
}

const statusOf = (fit: {readonly isAmbiguous: boolean; readonly isAtBound: boolean}): string =>
  [
    fit.isAmbiguous ? 'AMBIGUOUS: another place fits about as well' : 'unambiguous',
    fit.isAtBound ? 'AT THE EDGE of the search range' : 'inside the search range',
  ].join(', ');

/** A table of names and values. */
export const renderPairs = (caption: string, rows: readonly (readonly [string, string])[]): Markup =>
  markup`<table class="pairs"><caption>${caption}</caption><tbody>${rows.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;

export const renderSettings = (
  caption: string,
  settings: Readonly<Record<string, string | number | boolean>>,
): Markup =>
  renderPairs(
    caption,
    Object.entries(settings).map(([name, value]) => [name, formatSetting(value)]),
  );
