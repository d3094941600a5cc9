/** The report of a campaign: one HTML file that needs no network, no script and no other file. */
import {countOf} from '../../base/count-text.ts';
import {
  regionLabelsOf,
  type CampaignAlignment,
  type CampaignReadOut,
  type CampaignResult,
  type RateResult,
} from '../../contract/campaign-result.ts';
import {renderDriftFigure, type DriftTrace} from './chart-figures.ts';
import {renderDigitCard} from './digit-card.ts';
import {markup, type Markup} from './markup.ts';
import {formatFixed, formatTime} from './number-format.ts';
import type {ReportData} from './report-data.ts';
import {renderPage} from './report-page.ts';
import {
  renderConfusion,
  renderDigitTable,
  renderEnergyMatrix,
  renderPairs,
  renderRateTile,
  renderRegistration,
  renderSettings,
} from './tables.ts';

/** Renders a report. A pure function: the same data give the same file, byte for byte. */
export function renderReport(data: ReportData): string {
  const {result} = data;
  return renderPage(
    data.title,
    markup`<h1>${data.title}</h1>
<p class="quiet">${data.session.title}; bench ${data.session.benchName}; operator ${data.session.operator}; ${formatTime(data.startedAt)} to ${formatTime(data.endedAt)} (${formatFixed(data.seconds, 0)} s, ${countOf(result.pointCount, 'point')})</p>
${(data.warnings ?? []).map((warning) => markup`<p class="card warning">${warning}</p>`)}
${renderHeadline(data)}
<h2>Digits</h2>
<div class="card">${renderDigitTable(result)}</div>
<p class="quiet">Shares are region energies divided by their sum. A winner is decided when it stands ${formatFixed(result.decisionLevelSigma, 1)} standard deviations above every other region; an undecided digit is no match. A standard deviation holds noise of readings and source, dark level, drift, undersampling by the scan and the frame, each where it is known; standing waves are not in it. NRMSE: both planes divided by their sum, relative to the root mean square of the simulation. Pictures: seen against the beam, x to the right, y up; one cell is one scan point, its colour goes by the square root of power; hatched cells were not measured; values below zero are noise and take the lowest colour. Boxes are drawn where the scan frame has the detector regions; the thick box is the winner of that plane.</p>
${data.digits.map((planes, index) => renderDigitCard({index, score: result.digits[index], planes, labels: regionLabelsOf(result), regions: data.regions, registration: result.registration}))}
<h2>Confusion and energy</h2>
<div class="card matrices">${renderMatrices(data)}</div>
<h2>Registration</h2>
<div class="card settings">${renderRegistration(result)}${data.fitted && renderPairs('Fitted together with the frame, used by the simulation as registered', data.fitted)}</div>
<h2>Drift of the source</h2>
<div class="card">${renderDriftFigure(tracesFrom(data))}</div>
<h2>Instruments when measuring began</h2>
<div class="card settings">${data.instruments.map(({role, model, identity, settings}) => renderSettings(`${role}: ${model} (${identity})`, settings))}</div>
<h2>Where this comes from</h2>
<div class="card">${data.chain && data.chain.length > 0 && renderPairs('From the design to the verdicts', data.chain)}${renderPairs('Provenance', [['session', data.session.uid], ...data.provenance, ['measured (UTC)', `${data.startedAt} to ${data.endedAt}`], ['report written (UTC)', data.writtenAt], ['runs', result.digits.map(({runUid, label}) => `${label}: ${runUid}`).join(', ')]])}
<p>All figures come from the stored raw readings and can be made again: <code>d2nn-bench report ${data.session.uid}</code></p></div>`,
  );
}

function renderHeadline({result}: ReportData): Markup {
  const undecided = undecidedNote(result);
  return markup`<div class="tiles">${renderRateTile('Match with the nominal simulation', result.matchNominal, undecided)}${renderRateTile('Match as registered', result.matchRegistered, 'the simulation read where the scan frame was found')}${result.alignment && renderRateTile('Match as aligned', result.alignment.matchAligned, fittedNote(result.alignment))}${renderRateTile('Accuracy measured', result.accuracyMeasured, accuracyNote(result))}${result.readOutCalibration && renderRateTile('Winner with the calibrated read-out', result.readOutCalibration.winnersCalibrated, readOutNote(result.readOutCalibration))}${renderRateTile('Accuracy simulated', result.accuracyNominal, 'the same digits, nominal simulation')}</div>`;
}

/** Winners that are not certain are no match; how many of them agree all the same. */
function undecidedNote({undecidedCount, winners}: CampaignResult): string {
  if (undecidedCount === 0) return 'every digit was decided';
  const alone = winners ? `; the winner alone matches for ${ofText(winners.matchNominal)}` : '';
  return `${undecidedCount} undecided, counted as no match${alone}`;
}

const accuracyNote = ({undecidedCount, winners}: CampaignResult): string =>
  undecidedCount === 0 || !winners
    ? 'winner is the digit shown'
    : `decided, and winner is the digit shown; the winner alone is for ${ofText(winners.accuracyMeasured)}`;

const ofText = ({successes, count}: RateResult): string => `${successes} of ${count}`;

/** What the raw read-out says of the same digits. */
const readOutNote = ({winnersRaw, learnedCount}: CampaignReadOut): string =>
  `raw: ${winnersRaw.successes} of ${winnersRaw.count}; certain or not, without the ${learnedCount} digits that it was learnt from`;

/** How many of the digits the alignment was fitted on: their agreement is no prediction. */
function fittedNote({matchFitted, matchOthers}: CampaignAlignment): string {
  const note = 'every plate where the alignment found it';
  if (!matchFitted || !matchOthers || matchFitted.count === 0) return note;
  return `${note}; ${ofText(matchFitted)} of the digits that it was fitted on, ${ofText(matchOthers)} of the others`;
}

function renderMatrices({result}: ReportData): Markup[] {
  const {labels, matrices} = result;
  const axes = {labels, regionLabels: regionLabelsOf(result)};
  return [
    renderConfusion('Measured', labels, matrices.measured, 'measured'),
    ...(result.readOutCalibration
      ? [
          renderConfusion(
            'Measured, calibrated read-out',
            labels,
            result.readOutCalibration.matrix,
            'measured',
          ),
        ]
      : []),
    renderConfusion('Simulated nominal', labels, matrices.nominal, 'simulated'),
    renderConfusion('Simulated as registered', labels, matrices.registered, 'simulated'),
    ...(matrices.aligned
      ? [renderConfusion('Simulated as aligned', labels, matrices.aligned, 'simulated')]
      : []),
    renderEnergyMatrix('Measured', axes, matrices.measured, 'measured'),
    renderEnergyMatrix('Simulated nominal', axes, matrices.nominal, 'simulated'),
    renderEnergyMatrix('Simulated as registered', axes, matrices.registered, 'simulated'),
    ...(matrices.aligned
      ? [renderEnergyMatrix('Simulated as aligned', axes, matrices.aligned, 'simulated')]
      : []),
  ];
}

function tracesFrom({digits, result}: ReportData): readonly DriftTrace[] {
  return digits.map(({scan: {references}}, i) => {
    const mean = references.reduce((sum, {value}) => sum + value, 0) / references.length;
    const usable = mean > 0 ? references : [];
    return {
      label: result.digits[i].label,
      timeS: usable.map(({timeS}) => timeS),
      ratio: usable.map(({value}) => value / mean),
      sigma: usable.map(({sigma}) => sigma / mean),
    };
  });
}
