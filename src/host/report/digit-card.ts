/** One digit of the report: mask, planes on one scale, difference, shares. */
import {countOf} from '../../base/count-text.ts';
import {quantityText} from '../../base/number-format.ts';
import {
  verdictCauseLabels,
  verdictCauses,
  type CampaignDigitResult,
  type FrameRegistrationRecord,
  type MarginError,
} from '../../contract/campaign-result.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {estimateCellMm, noRegistration, sumOf} from '../../twin/metrics/index.ts';
import {renderShareFigure} from './chart-figures.ts';
import {markup, type Markup} from './markup.ts';
import {formatFixed, formatPercent, formatSigma} from './number-format.ts';
import {renderColourBar, renderPlaneFigure, type PlaneFigure} from './plane-figure.ts';
import {createRaster, type Raster} from './raster.ts';
import type {MaskPicture, ReportDigit, ReportPlanes} from './report-data.ts';

export interface DigitCard {
  readonly index: number;
  readonly score: CampaignDigitResult;
  readonly planes: ReportDigit;
  readonly labels: readonly string[];
  readonly regions: readonly DetectorRegion[];
  readonly registration: FrameRegistrationRecord;
}

export function renderDigitCard(card: DigitCard): Markup {
  const {index, score, labels} = card;
  const {measured, nominal, registered, aligned, calibrated, treatment} = score;
  const problem = measured.problem !== '' && markup`<p class="warning card">${measured.problem}</p>`;
  const drift = treatment.isDriftCorrected
    ? `drift corrected (${formatPercent(treatment.driftSpanRatio, 2)} peak to peak)`
    : `drift not corrected: ${treatment.driftNote}`;
  const error = measured.marginError && errorText(measured.marginError);
  return markup`<section class="card" id="digit-${index}"><header><h3>Digit ${score.label}</h3><span>measured <strong>${measured.winner ?? 'n/a'}</strong> (${measured.verdict}, ${measured.shares === null ? 'not scored' : formatSigma(measured.marginSigma)})</span>${calibrated && markup`<span>calibrated read-out <strong>${calibrated.winner ?? 'n/a'}</strong> (${calibrated.verdict}${calibrated.isLearned && ', learnt from this digit'})</span>`}<span>simulated nominal <strong>${nominal.winner ?? 'n/a'}</strong>, as registered <strong>${registered.winner ?? 'n/a'}</strong>${aligned && markup`, as aligned <strong>${aligned.winner ?? 'n/a'}</strong>`}</span><span>Pearson ${formatFixed(nominal.pearson, 3)} nominal, ${formatFixed(registered.pearson, 3)} registered${aligned && `, ${formatFixed(aligned.pearson, 3)} aligned`}</span></header><p class="quiet">${score.sample}; run ${score.runUid}; ${countOf(score.pointCount, 'point')}; noise ${noiseText(treatment.noiseV, treatment.unit)}${treatment.signalPhaseDeg === undefined ? '' : `; signal phase ${formatFixed(treatment.signalPhaseDeg, 1)} deg`}; ${drift}${treatment.isLinearised ? '; linear by the power curve' : ''}</p>${error && markup`<p class="quiet">${error}</p>`}${problem}${renderAllPlanes(card)}<div class="row">${card.planes.mask && renderMask(card.planes.mask, score.label)}${renderShares(labels, score)}</div></section>`;
}

/** Rows of planes, one a frequency. */
function renderAllPlanes(card: DigitCard): Markup[] {
  const {further = []} = card.planes;
  return [card.planes, ...further].map((planes, i) => {
    const at = i === 0 ? undefined : card.score.further?.[i - 1];
    const title = at && markup`<p class="quiet">at ${ghzFromHz(at.frequencyHz)} GHz; run ${at.runUid}</p>`;
    return markup`${title}<div class="row">${renderPlanes(card, planes)}</div>`;
  });
}

/** Shares of the regions, a figure for each frequency. */
function renderShares(labels: readonly string[], score: CampaignDigitResult): Markup[] {
  const planeCount = 1 + (score.further?.length ?? 0);
  const regionCount = labels.length / planeCount;
  const ofPlane = <Score extends {readonly shares: readonly number[] | null}>(
    score: Score,
    plane: number,
  ): Score => ({
    ...score,
    shares: score.shares?.slice(plane * regionCount, (plane + 1) * regionCount) ?? null,
  });
  if (planeCount === 1) return [renderShareFigure(labels, score)];
  return Array.from({length: planeCount}, (_, plane) => {
    const [first, end] = [plane * regionCount, (plane + 1) * regionCount];
    const sharesSigma = score.measured.sharesSigma?.slice(first, end) ?? null;
    return renderShareFigure(labels.slice(first, end), {
      ...score,
      measured: {...ofPlane(score.measured, plane), sharesSigma},
      nominal: ofPlane(score.nominal, plane),
      registered: ofPlane(score.registered, plane),
    });
  });
}

/** The error of a margin and its parts, `margin uncertain by 1.2 %: undersampling by the scan 1.1 %, ...`. */
function errorText({sigma, parts}: MarginError): string {
  const known = verdictCauses.flatMap((cause) => {
    const part = parts[cause];
    return part === null ? [] : [`${verdictCauseLabels[cause]} ${formatPercent(part, 2)}`];
  });
  const unknown = verdictCauses
    .filter((cause) => parts[cause] === null)
    .map((cause) => verdictCauseLabels[cause]);
  return `margin uncertain by ${formatPercent(sigma, 2)} of the shares (one standard deviation): ${known.join(', ')}${unknown.length === 0 ? '' : `; not known: ${unknown.join(', ')}`}`;
}

const noiseText = (noise: number, unit = 'V'): string => `${quantityText(noise, unit, 3)} a reading`;

/** The planes on one scale (each relative to its own mean), then what is left of the best simulation on its own. */
function renderPlanes(
  {score, regions, registration}: Omit<DigitCard, 'planes'>,
  planes: ReportPlanes,
): Markup {
  const {xMm, yMm, values} = planes.scan;
  const cell = planes.cellMm ?? estimateCellMm(xMm, yMm);
  const measured = relativeToMean(values);
  const nominal = relativeToMean(planes.simulatedNominal);
  const registered = relativeToMean(planes.simulatedRegistered);
  const aligned = planes.simulatedAligned && relativeToMean(planes.simulatedAligned);
  const high = Math.max(
    ...[measured, nominal, registered, ...(aligned ? [aligned] : [])].map((plane) =>
      plane.reduce((a, b) => Math.max(a, b), 0),
    ),
  );
  const scale = {low: 0, high, kind: 'root'} as const;
  const difference = measured.map((value, i) => value - (aligned ?? registered)[i]);
  const reach = difference.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const figure = (
    caption: string,
    plane: Float64Array,
    rest: Pick<PlaneFigure, 'map' | 'scale' | 'boxes'>,
  ): Markup =>
    renderPlaneFigure({
      caption,
      description: `Digit ${score.label}, ${caption}`,
      raster: createRaster(xMm, yMm, plane, cell),
      ...rest,
    });
  const boxes = (winner: string | null, isRegistered: boolean): NonNullable<PlaneFigure['boxes']> => ({
    regions,
    frame: isRegistered ? registration : noRegistration,
    winner,
  });
  const onScale = (caption: string, plane: Float64Array, box: PlaneFigure['boxes']): Markup =>
    figure(caption, plane, {map: 'viridis', scale, ...(box && {boxes: box})});
  const differenceScale = {low: -reach, high: reach, kind: 'linear'} as const;
  return markup`<div class="on-scale">${onScale('measured', measured, boxes(score.measured.winner, true))}${aligned && onScale('simulated, as aligned', aligned, boxes(score.aligned?.winner ?? null, true))}${onScale('simulated, as registered', registered, boxes(score.registered.winner, true))}${onScale('simulated, nominal', nominal, boxes(score.nominal.winner, false))}${renderColourBar('viridis', scale, 'power / mean power')}</div><div class="on-scale">${figure(aligned ? 'measured minus aligned' : 'measured minus registered', difference, {map: 'difference', scale: differenceScale})}${renderColourBar('difference', differenceScale, 'difference')}</div>`;
}

/** Values divided by their mean; a plane without any light is left as it is. */
function relativeToMean(values: Float64Array): Float64Array {
  const mean = sumOf(values) / values.length;
  return mean > 0 ? values.map((value) => value / mean) : values;
}

function renderMask(mask: MaskPicture, label: string): Markup {
  return renderPlaneFigure({
    caption: 'mask as mounted (light = open), seen from the detector',
    description: `Mask of digit ${label}; light is open`,
    raster: cropMask(mask),
    map: 'mask',
    scale: {low: 0, high: 1, kind: 'linear'},
  });
}

/** The part of the mask about its openings, square, with an edge; the opaque rest of the plate shows nothing. */
export function cropMask({count, pitchMm, amplitude}: MaskPicture): Raster {
  const middle = (count - 1) / 2;
  let reach = 0;
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      if (amplitude[row * count + column] > 0)
        reach = Math.max(reach, Math.abs(row - middle), Math.abs(column - middle));
  // Half a side beyond the openings so that their outline is seen; the whole plate when nothing is open.
  const half = reach === 0 ? middle : Math.min(middle, reach + Math.ceil(0.12 * reach) + 1);
  const first = Math.max(0, Math.round(middle - half));
  const side = count - 2 * first;
  const values = Float64Array.from({length: side * side}, (_, i) => {
    const row = first + Math.floor(i / side);
    return amplitude[row * count + first + (i % side)];
  });
  const edgeMm = (-side / 2) * pitchMm;
  return {
    columns: side,
    rows: side,
    values,
    leftMm: edgeMm,
    bottomMm: edgeMm,
    cellWidthMm: pitchMm,
    cellHeightMm: pitchMm,
  };
}
