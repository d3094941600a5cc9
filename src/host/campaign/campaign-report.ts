import {fixedText} from '../../base/number-format.ts';
import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import {renderReport} from '../report/render-report.ts';
import type {PlaneInput} from '../compare/score-digit.ts';
import type {ReportData, ReportPlanes} from '../report/report-data.ts';
import {instrumentsOf} from '../runs/run-instruments.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {calibrationChain} from './calibration-chain.ts';
import type {RegistrationCalibration} from './campaign-results.ts';
import type {CampaignData} from './compute-campaign.ts';
import {writeWhole} from '../files/write-whole.ts';

/** Everything that the report shows, from the recomputed campaign and the store. */
export function reportDataFrom(store: Store, data: CampaignData, writtenAt: Date): ReportData {
  const {session, details, result, scans, furtherScans, inputs, masks, registration, scanRuns} = data;
  const lastTimeS = Math.max(
    ...store.listRuns(session.uid).map((run) => run.timeS),
    Date.parse(session.createdAt) / 1000,
  );
  const endedAt = session.closedAt ?? new Date(lastTimeS * 1000).toISOString();
  const beam = registration?.illumination;
  return {
    title: `${details.designName}: measured against simulated`,
    session: {
      uid: session.uid,
      title: session.title,
      operator: session.operator,
      benchName: session.benchName,
    },
    startedAt: session.createdAt,
    endedAt,
    seconds: (Date.parse(endedAt) - Date.parse(session.createdAt)) / 1000,
    writtenAt: writtenAt.toISOString(),
    regions: details.regions,
    result,
    digits: scans.map((scan, i) => {
      const {further} = inputs[i];
      return {
        ...reportPlanesOf(scan, inputs[i], details.stepMm),
        mask: masks[i],
        ...(further && {
          further: further.map((plane, k) => reportPlanesOf(furtherScans[i][k], plane, details.stepMm)),
        }),
      };
    }),
    instruments: scanRuns.length > 0 ? instrumentsOf(store.getRun(scanRuns[0].uid)) : [],
    provenance: [
      ['design', `${details.designName} (${details.designFolder})`],
      ['design hash', session.designHash ?? 'none'],
      ['program version', details.programVersion],
      ['report made by version', programVersion],
      ['seed', String(details.seed)],
      [
        'bench',
        details.isVirtual
          ? `${session.benchName}, ${details.benchSpeed} times as fast as real time`
          : session.benchName,
      ],
      ['test digits', details.digits.map((digit) => digit.index).join(', ')],
      ['light, nominal', lightText(details.illuminationNominal)],
      ['light, as known before', lightText(details.illuminationKnown)],
      ...(beam ? [['light, as registered', lightText(beam)] as const] : []),
      ['probe', JSON.stringify(details.probe)],
      ['runs', scanRuns.map((run) => `${run.scanId} ${run.uid}`).join(', ')],
    ],
    chain: calibrationChain(store, session.uid, result),
    ...(registration ? {fitted: fittedRows(registration)} : {}),
    warnings: data.warnings,
  };
}

const reportPlanesOf = (
  scan: ReportPlanes['scan'],
  {simulatedNominal, simulatedRegistered, simulatedAligned}: PlaneInput,
  stepMm: number,
): ReportPlanes => ({
  scan,
  simulatedNominal,
  simulatedRegistered,
  ...(simulatedAligned && {simulatedAligned}),
  cellMm: {widthMm: stepMm, heightMm: stepMm},
});

/** Writes the report whole or not at all; returns its path. */
export async function writeReport(store: Store, data: CampaignData, folder: string): Promise<string> {
  const path = join(folder, `campaign-${data.session.uid}.html`);
  const html = renderReport(reportDataFrom(store, data, new Date()));
  try {
    await writeWhole(path, html, {isPrivate: true});
  } catch (error) {
    throw new BenchError(
      'store/full',
      `The report ${path} cannot be written. The measured points are safe in the database; free space, then run d2nn-bench report ${data.session.uid}.`,
      {cause: error},
    );
  }
  return path;
}

/** The light that was fitted with the frame, with its statistical errors. */
function fittedRows({illumination, sigma}: RegistrationCalibration): [string, string][] {
  if (illumination.kind !== 'gaussian-beam' || sigma.centerXMm === undefined) return [];
  const {centerXMm, centerYMm, radiusMm, curvatureRadiusMm} = illumination;
  const rows: [string, string][] = [
    ['beam centre, x', `${fixedText(centerXMm, 2)} ± ${fixedText(sigma.centerXMm, 2)} mm`],
    ['beam centre, y', `${fixedText(centerYMm, 2)} ± ${fixedText(sigma.centerYMm, 2)} mm`],
    // The radius was fitted by its logarithm, the curvature by its inverse.
    [
      'beam radius (amplitude 1/e)',
      `${fixedText(radiusMm, 1)} ± ${fixedText(radiusMm * sigma.logRadius, 1)} mm`,
    ],
  ];
  if (curvatureRadiusMm !== null) {
    const error = curvatureRadiusMm ** 2 * sigma.curvaturePerMm;
    rows.push([
      'curvature radius of the beam',
      `${fixedText(curvatureRadiusMm, 0)} ± ${fixedText(error, 0)} mm`,
    ]);
  }
  return rows;
}

function lightText(light: CampaignData['details']['illuminationKnown']): string {
  if (light.kind === 'plane-wave') return 'plane wave';
  const curvature =
    light.curvatureRadiusMm === null
      ? 'flat'
      : `curvature radius ${fixedText(light.curvatureRadiusMm, 0)} mm`;
  return `Gaussian beam, radius ${fixedText(light.radiusMm, 2)} mm, centre ${fixedText(light.centerXMm, 2)}, ${fixedText(light.centerYMm, 2)} mm, ${curvature}`;
}
