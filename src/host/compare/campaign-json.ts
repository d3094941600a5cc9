import type {CampaignJson, JsonLabel} from '../../contract/campaign-json.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {SessionRecord} from '../../contract/run-records.ts';

/** The one object that `campaign --json` prints. `report` is the path of the HTML file, or null without one. */
export function campaignJsonFrom(
  result: CampaignResult,
  about: {readonly session: string; readonly seconds: number; readonly report: string | null},
): CampaignJson {
  const {alignment} = result;
  return {
    session: about.session,
    digits: result.digits.map(jsonDigitFrom),
    excluded: result.excluded.map(({label, sample, runUid, reason, author}) => ({
      label: jsonLabelFrom(label),
      sample,
      run: runUid,
      reason,
      author,
    })),
    matchRate: result.matchNominal.ratio,
    matchRateRegistered: result.matchRegistered.ratio,
    ...(alignment && {matchRateAligned: alignment.matchAligned.ratio}),
    accuracy: result.accuracyMeasured.ratio,
    accuracySimulated: result.accuracyNominal.ratio,
    rates: {
      matchNominal: result.matchNominal,
      matchRegistered: result.matchRegistered,
      accuracyMeasured: result.accuracyMeasured,
      accuracyNominal: result.accuracyNominal,
      accuracyRegistered: result.accuracyRegistered,
      ...(alignment && {
        matchAligned: alignment.matchAligned,
        accuracyAligned: alignment.accuracyAligned,
        ...(alignment.matchFitted && {matchAlignedFitted: alignment.matchFitted}),
        ...(alignment.matchOthers && {matchAlignedOthers: alignment.matchOthers}),
      }),
    },
    ...(result.ownAlignment && {ownAlignment: result.ownAlignment}),
    ...(result.readOutCalibration && {readOutCalibration: result.readOutCalibration}),
    undecided: result.undecidedCount,
    ...(result.winners && {winners: result.winners}),
    registration: result.registration,
    points: result.pointCount,
    seconds: about.seconds,
    report: about.report,
  };
}

const jsonDigitFrom = ({
  label,
  runUid,
  pointCount,
  measured,
  nominal,
  registered,
  aligned,
  calibrated,
}: CampaignResult['digits'][number]): CampaignJson['digits'][number] => ({
  label: jsonLabelFrom(label),
  simulated: scoreFrom(nominal.winner, nominal.shares),
  simulatedRegistered: scoreFrom(registered.winner, registered.shares),
  ...(aligned && {
    simulatedAligned: scoreFrom(aligned.winner, aligned.shares),
    pearsonAligned: aligned.pearson,
  }),
  measured: {
    ...scoreFrom(measured.winner, measured.shares),
    sharesSigma: measured.sharesSigma,
    margin: measured.margin,
    marginSigma: measured.marginSigma,
    ...(measured.marginError && {marginError: measured.marginError}),
    verdict: measured.verdict,
    strayRatio: measured.strayRatio,
    problem: measured.problem,
  },
  ...(calibrated && {
    calibrated: {
      ...calibrated,
      winner: calibrated.winner === null ? null : jsonLabelFrom(calibrated.winner),
      runnerUp: calibrated.runnerUp === null ? null : jsonLabelFrom(calibrated.runnerUp),
    },
  }),
  pearson: registered.pearson,
  nrmse: registered.nrmse,
  pearsonNominal: nominal.pearson,
  nrmseNominal: nominal.nrmse,
  points: pointCount,
  run: runUid,
});

/** The same of a campaign that is stored; its time is 0 s while its session is not closed. */
export function storedCampaignJson(
  {uid, createdAt, closedAt}: Pick<SessionRecord, 'uid' | 'createdAt' | 'closedAt'>,
  result: CampaignResult,
  report: string | null,
): CampaignJson {
  const seconds = closedAt === undefined ? 0 : (Date.parse(closedAt) - Date.parse(createdAt)) / 1000;
  return campaignJsonFrom(result, {session: uid, seconds, report});
}

const jsonLabelFrom = (label: string): JsonLabel => (/^\d{1,9}$/.test(label) ? Number(label) : label);

const scoreFrom = (
  winner: string | null,
  shares: readonly number[] | null,
): {winner: JsonLabel | null; shares: readonly number[] | null} => ({
  winner: winner === null ? null : jsonLabelFrom(winner),
  shares,
});
