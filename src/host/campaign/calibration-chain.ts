import {countOf} from '../../base/count-text.ts';
import {percentText} from '../../base/number-format.ts';
import {utcMinuteText} from '../../base/utc-text.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import {designSchema} from '../../contract/design-file.ts';
import {plateOpticsText} from '../../contract/plate-optics.ts';
import {reprintLineageSchema, type ReprintLineage} from '../../contract/reprint.ts';
import {getAlignment, type StoredAlignment} from '../placements/alignment-records.ts';
import {asBuiltOf} from '../placements/as-built-records.ts';
import {placementKinds} from '../placements/placements.ts';
import {getReadOut} from '../placements/read-out-records.ts';
import {isCalibrationOf} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';
import {artifactKinds} from './campaign-results.ts';

type Row = readonly [name: string, value: string];

/**
 * What stands between the design and the verdicts of a campaign, for its report: how plates were simulated, which plate
 * was designed again and for what, the alignment and who accepted it, the network as built, the calibration of the
 * read-out. Name and value, in that order; of a campaign that uses nothing of it, how its plates were simulated alone.
 */
export function calibrationChain(
  store: Store,
  sessionUid: string,
  {alignment, readOutCalibration}: Pick<CampaignResult, 'alignment' | 'readOutCalibration'>,
): Row[] {
  return [
    ...designRows(store, sessionUid),
    ...(alignment ? alignmentRows(store, alignment) : []),
    ...(readOutCalibration ? [readOutRow(store, readOutCalibration.calibrationUid)] : []),
  ];
}

/** What the design says, as the session keeps it. */
function designRows(store: Store, sessionUid: string): Row[] {
  const file = store.listArtifacts(sessionUid, artifactKinds.design).find(({name}) => name === 'design.json');
  if (!file) return [];
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(store.readArtifact(file.uid)));
    const {plateOptics, training} = designSchema.parse(json);
    const lineage = reprintLineageSchema.safeParse(training?.['reprint']).data;
    return [
      ['plates, nominal simulation', plateOpticsText(plateOptics)],
      ...(lineage ? [reprintRow(lineage)] : []),
    ];
  } catch (error) {
    // What was measured is reported all the same.
    const reason = error instanceof Error ? error.message : String(error);
    return [['design', `what the session keeps of it cannot be read: ${reason}`]];
  }
}

function reprintRow(lineage: ReprintLineage): Row {
  const {plate, parentName, parentHash, asBuiltUid, asBuiltVersion, alignmentUid, benchName} = lineage;
  const {settings, before, after} = lineage;
  return [
    'one plate designed again',
    `plate ${plate} of ${parentName} (${parentHash}), all others as they are; for as-built record version ${asBuiltVersion} (${asBuiltUid}) of alignment ${alignmentUid} on ${benchName}; ${countOf(settings.steps, 'step')}, seed ${settings.seed}; foretold ${after.successes} of ${after.count} drawn objects right, ${before.successes} before`,
  ];
}

function alignmentRows(
  store: Store,
  {alignmentUid, placementUid}: NonNullable<CampaignResult['alignment']>,
): Row[] {
  const alignment = getAlignment(store, alignmentUid);
  const {result, planes, timeS} = alignment;
  return [
    ['plates, simulation as aligned', plateOpticsText(result.plateOptics)],
    [
      'alignment',
      `${alignmentUid}, ${result.verdict}, found at ${utcMinuteText(timeS)} from ${countOf(planes.length, 'plane')} (runs ${planes.map(({runUid}) => runUid).join(', ')}); ${percentText(result.after.unexplainedRatio, 1)} of the light unexplained`,
    ],
    ['placement', placementText(store, placementUid)],
    ...asBuiltRows(store, alignment),
  ];
}

/** Who made a placement active, and when. */
function placementText(store: Store, uid: string): string {
  const found = store.getCalibration(uid);
  if (!isCalibrationOf(found, placementKinds.placement))
    return `${uid}: computed by the campaign from its own planes; nobody was asked to accept it`;
  const {
    timeS,
    validUntilS,
    value: {acceptedBy},
  } = found;
  const until = validUntilS === undefined ? '' : `, until ${utcMinuteText(validUntilS)}`;
  return `${uid}, accepted by ${acceptedBy || 'somebody without a name'} at ${utcMinuteText(timeS)}${until}`;
}

/** The network as built that predictions as aligned are made with. */
function asBuiltRows(store: Store, alignment: StoredAlignment): Row[] {
  const record = asBuiltOf(store, alignment);
  if (!record) return [];
  const {plates, version, by, fittedRunUids, fittedPointCount, measuredHeightsUids} = record.value;
  const counted = (source: 'measured' | 'fitted'): string[] => {
    const count = plates.filter(({heights}) => heights.source === source).length;
    return count === 0 ? [] : [`${countOf(count, 'plate')} ${source}`];
  };
  const heights = [...counted('measured'), ...counted('fitted')].join(', ') || 'as designed';
  const from = [
    ...(fittedRunUids.length === 0
      ? []
      : [`fitted to ${countOf(fittedRunUids.length, 'plane')} with ${countOf(fittedPointCount, 'point')}`]),
    ...(measuredHeightsUids.length === 0 ? [] : [`height maps ${measuredHeightsUids.join(', ')}`]),
  ];
  return [
    [
      'network as built',
      `record version ${version} (${record.uid}), made by ${by || 'somebody without a name'} at ${utcMinuteText(record.timeS)}; heights ${[heights, ...from].join('; ')}`,
    ],
  ];
}

/** Which calibration the derived verdicts come from. */
function readOutRow(store: Store, uid: string): Row {
  const {timeS, validUntilS, value} = getReadOut(store, uid);
  const {study, by} = value;
  const {learnedRunUids, before, after} = study;
  const until = validUntilS === undefined ? '' : `, until ${utcMinuteText(validUntilS)}`;
  return [
    'calibration of the read-out',
    `${uid}, made by ${by || 'somebody without a name'} at ${utcMinuteText(timeS)}${until}, learnt from ${countOf(learnedRunUids.length, 'object')}; of ${after.count} others ${after.successes} right, ${before.successes} without it; raw verdicts stand beside its own`,
  ];
}
