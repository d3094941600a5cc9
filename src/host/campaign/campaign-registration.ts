import {fixedText} from '../../base/number-format.ts';
import type {CampaignTwin} from './campaign-predictions.ts';
import type {DarkLevel} from '../plans/dark-level.ts';
import type {RegistrationOutcome} from '../plans/campaign.ts';
import type {RegistrationPlane} from '../plans/registration.ts';
import {processScan, rowsOf, wholeRowsOf} from '../compare/process-scan.ts';
import {alignedBenchOf, checkPlacement, checkText} from '../placements/aligned-predictions.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {measuredHeightsOf, measuredHeightsText} from '../placements/measured-heights.ts';
import {alignmentOfPlacement, placeOfSession} from '../placements/placements.ts';
import type {BenchFit, KnownPlane} from './bench-fit.ts';
import {calibrationKinds} from '../calibrations/calibration-kinds.ts';
import {recordInstrumentCalibrations} from './record-instruments.ts';
import type {CalibrationHours} from '../../contract/api/app.ts';
import {sFromH} from '../../contract/units.ts';
import {campaignDetailsOf, referencesOf, scanOf, type RegistrationCalibration} from './campaign-results.ts';

/** Fits frame and light from the registration planes, stores them as a calibration, and re-centres the scans. */
export async function registerCampaign(
  {store, sessionUid, twin, details, digits}: CampaignTwin,
  planes: readonly RegistrationPlane[],
  dark: DarkLevel,
  {hours, signal}: {readonly hours: CalibrationHours; readonly signal: AbortSignal},
): Promise<RegistrationOutcome> {
  const known = planes.map(({object, plane}) => {
    const digit = digits.find((candidate) => candidate.sample === object.label) ?? digits[0];
    const references = referencesOf(store, plane.runUid);
    const points = scanOf(store, plane.runUid);
    const scan = processScan({
      scan: rowsOf(points, wholeRowsOf(points)),
      dark: {real: [dark.real], ...(points.imaginary && {imaginary: [dark.imaginary]})},
      ...(references ? {references} : {}),
    });
    return {object: digit.object, points: {xMm: scan.xMm, yMm: scan.yMm, values: scan.values}};
  });
  const heights = measuredHeightsOf(store, placeOfSession(store, sessionUid));
  const fit = await twin.fit({illumination: details.illuminationKnown, planes: known, heights}, signal);
  const nowS = Date.now() / 1000;
  const {darkLevel} = recordInstrumentCalibrations(store, sessionUid, hours, nowS);
  const calibrationUid = store.addCalibration({
    kind: calibrationKinds.outputFrame,
    sessionUid,
    runUid: planes[0].plane.runUid,
    validUntilS: nowS + sFromH(hours.outputFrame),
    ...(darkLevel === undefined ? {} : {dependsOn: [darkLevel]}),
    value: calibrationFrom(fit),
  });
  const checked = await checkAgainstPlacement(
    {store, sessionUid, twin},
    {...known[0], runUid: planes[0].plane.runUid},
    signal,
  );
  const {dxMm, dyMm, rotationDeg} = fit.frame;
  if (fit.registration.isAmbiguous) {
    return {
      note: `Registration is ambiguous: no place of the output frame fits clearly. The frame is taken as designed.${checked}`,
    };
  }
  // The design's centre as the scan's frame sees it: s = R(-rotation) (0 - shift).
  const angle = (-rotationDeg * Math.PI) / 180;
  return {
    centerMm: {
      xMm: -(Math.cos(angle) * dxMm - Math.sin(angle) * dyMm),
      yMm: -(Math.sin(angle) * dxMm + Math.cos(angle) * dyMm),
    },
    calibrationUids: [calibrationUid],
    note:
      `Output frame registered: dx ${fixedText(dxMm, 3)} mm, dy ${fixedText(dyMm, 3)} mm, rotation ${fixedText(rotationDeg, 3)} deg; ` +
      `correlation ${fixedText(fit.pearsonBefore, 3)} before, ${fixedText(fit.pearsonAfter, 3)} after.${heights ? ` ${measuredHeightsText(heights)}` : ''}${checked}`,
  };
}

/**
 * Where an accepted placement is active, holds it against the registration's plane: later predictions may use it only
 * while it still says what is measured. The sentence begins with a space; '' without a placement.
 */
async function checkAgainstPlacement(
  {store, sessionUid, twin}: Pick<CampaignTwin, 'store' | 'sessionUid' | 'twin'>,
  {object, points, runUid}: KnownPlane & {readonly runUid: string},
  signal: AbortSignal,
): Promise<string> {
  const {placementUid} = campaignDetailsOf(store.getSession(sessionUid));
  if (typeof placementUid !== 'string') return '';
  const alignment = getAlignment(store, alignmentOfPlacement(store, placementUid));
  const predicted = await twin.predictAligned(
    alignedBenchOf(store, alignment),
    {object, xMm: Float64Array.from(points.xMm), yMm: Float64Array.from(points.yMm)},
    signal,
  );
  const check = checkPlacement(
    store,
    {placementUid, alignment},
    {sessionUid, runUid},
    {
      measured: Float64Array.from(points.values),
      predicted,
    },
  );
  return ` ${checkText(check)}`;
}

function calibrationFrom(fit: BenchFit): RegistrationCalibration {
  const {registration, frame, sigma} = fit;
  return {
    frame: {
      ...frame,
      fit: {
        sigma: {
          dxMm: sigma.dxMm ?? registration.sigma.dxMm,
          dyMm: sigma.dyMm ?? registration.sigma.dyMm,
          rotationDeg: sigma.rotationDeg ?? registration.sigma.rotationDeg,
        },
        gain: registration.gain,
        offset: registration.offset,
        pearsonBefore: fit.pearsonBefore,
        pearsonAfter: fit.pearsonAfter,
        pearsonSecond: registration.pearsonSecond,
        isAmbiguous: registration.isAmbiguous,
        isAtBound: registration.isAtBound,
        pointCount: registration.pointCount,
      },
    },
    illumination: fit.illumination,
    sigma,
  };
}
