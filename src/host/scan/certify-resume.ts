import {fixedText} from '../../base/number-format.ts';
import {signalUnit, storedColumnsOf} from '../../contract/detector.ts';
import type {SettingsSnapshot} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import {
  overlapPasses,
  type OverlapTestName,
  overlapTests,
  type ResumeCheck,
} from '../../contract/resume-check.ts';
import type {ContinuedRun} from '../../contract/run-records.ts';
import {type OverlapReading, type OverlapTest, testOverlap} from '../../twin/metrics/index.ts';
import {rolesOf, type MeasurementSite} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {Dwell} from '../plans/measure.ts';
import {measureOverlap, type SpotReading} from '../plans/overlap.ts';
import {addNote} from '../plans/steps.ts';
import {programVersion} from '../version.ts';
import type {ResumePlan} from './resume-plan.ts';

/**
 * Throws `plan/invalid` where the bench that is open is not the one that a run was measured on, by name and detector.
 * What else may have changed, the overlap shows.
 */
export function assertSameBench(
  {file, devices: {detector}}: OpenBench,
  {start, ...resume}: ResumePlan,
): void {
  const refuse = (why: string): BenchError =>
    new BenchError(
      'plan/invalid',
      `Run ${start.scan_id} cannot go on here: ${why} Nothing was moved; open its bench.`,
    );
  if (start.bench_name !== undefined && start.bench_name !== file.name)
    throw refuse(`it was measured on the bench "${start.bench_name}", and "${file.name}" is open.`);
  const before = resume.configuration[detector.role];
  if (!before) throw refuse(`it was not measured with a detector in the role "${detector.role}".`);
  const model = before['model'];
  if (typeof model === 'string' && model !== detector.model)
    throw refuse(`it was measured with a ${model}, and the ${detector.role} is a ${detector.model}.`);
  const [then, now] = [resume.detector, storedColumnsOf(detector.declaration)].map(({signal}) => signal);
  if (now.column !== then.column || now.complex?.imaginary !== then.complex?.imaginary)
    throw refuse(`its signal is ${then.column}, and the ${detector.role} reads ${now.column}.`);
}

/** Measures points of the run again and lets it go on, or not: throws `device/changed` in words, with the numbers stored. */
export function* certifyResume(
  {bench, store}: MeasurementSite,
  resume: ResumePlan,
  dwell: Dwell,
): Plan<ContinuedRun> {
  const roles = rolesOf(bench);
  const {start, spots} = resume;
  const {sample, purpose, campaign_index: campaignIndex, session_uid: sessionUid} = start;
  let text = '';
  const checkUid = yield* measureOverlap({
    roles,
    dwell,
    runUid: start.uid,
    spots,
    passCount: overlapPasses,
    detectorSettings: settableOf(bench, resume.configuration),
    metadata: {
      ...(sample !== undefined && {sample}),
      ...(purpose !== undefined && {purpose}),
      ...(campaignIndex !== undefined && {campaignIndex}),
    },
    judge: (uid, readings) => {
      const check = checkFrom(resume, uid, readings);
      store.putResult({
        sessionUid,
        kind: 'resume-check',
        key: uid,
        madeBy: `d2nn-bench ${programVersion}`,
        value: check,
      });
      ({text} = check);
      return check.isPassed ? Promise.resolve() : Promise.reject(refusal(check));
    },
  });
  if (text !== '') yield* addNote(text);
  return {run_uid: start.uid, check_uid: checkUid, segment: resume.segment, first_index: resume.firstIndex};
}

/** What of the settings with which the detector measured can be set. */
export function settableOf(
  {devices: {detector}}: OpenBench,
  configuration: ResumePlan['configuration'],
): SettingsSnapshot {
  const before = configuration[detector.role] ?? {};
  const names = new Set(detector.parameters.filter(({isReadOnly}) => !isReadOnly).map(({name}) => name));
  return Object.fromEntries(Object.entries(before).filter(([name]) => names.has(name)));
}

function checkFrom(resume: ResumePlan, checkUid: string, readings: readonly SpotReading[]): ResumeCheck {
  const {start, spots, significance, allowedRatio, countReason} = resume;
  const again = spots.map((): OverlapReading[] => []);
  for (const {spot, reading} of readings)
    again[spot].push({real: reading.real, imaginary: reading.imaginary});
  const test = testOverlap(
    spots.map(({stored, slopePerMm}, i) => ({stored, slopePerMm, again: again[i]})),
    {significance, allowedRatio, seed: checkUid},
  );
  const isPassed = test.failed.length === 0;
  return {
    ...test,
    runUid: start.uid,
    checkUid,
    isPassed,
    countReason,
    unit: signalUnit(resume.detector),
    text: isPassed ? passedText(resume, test) : refusedText(resume, test),
  };
}

const percent = (ratio: number): string => `${fixedText(100 * ratio, 2)} %`;
const um = (mm: number | null): string => (mm === null ? 'unknown' : `${fixedText(1000 * mm, 0)} um`);
const pText = (p: number): string => (p < 0.001 ? `p < 0.001` : `p ${fixedText(p, 3)}`);

/** The numbers of a test, as they stand in notes and refusals. */
function numbersText({gain, shift, scatter, significance}: OverlapTest): string {
  const turned = gain.phaseDeg === 0 ? '' : ` and its phase by ${fixedText(gain.phaseDeg, 2)} degrees`;
  return (
    `strength changed by ${percent(gain.ratio - 1)}${turned} (${pText(gain.pValue)}), shift along x ${um(shift.xMm)}, along y ${um(shift.yMm)} ` +
    `(${pText(shift.pValue)}), differences ${fixedText(scatter.ratio, 1)} times the noise (${pText(scatter.pValue)}); ` +
    `a p below ${fixedText(significance / overlapTests.length, 4)} refuses`
  );
}

function passedText({start, firstIndex}: ResumePlan, test: OverlapTest): string {
  return (
    `Goes on with run ${start.scan_id} at point ${firstIndex + 1}: ${test.pointCount} of its points, measured ${test.passCount} times ` +
    `each, read as they did within ${percent(test.allowedRatio)} and the noise: ${numbersText(test)}.`
  );
}

const findings: Readonly<Record<OverlapTestName, string>> = {
  gain: 'the signal has changed in strength or phase',
  shift: 'the probe does not stand where it stood (lost steps, another origin, a part that was moved)',
  scatter: 'readings differ by more than their noise',
};

function refusedText({start}: ResumePlan, test: OverlapTest): string {
  // A change of strength or place makes readings differ as well: named for itself only where it is all there is.
  const named = test.failed.length > 1 ? test.failed.filter((name) => name !== 'scatter') : test.failed;
  return (
    `The bench is not as it was when run ${start.scan_id} was cut off: ${named.map((name) => findings[name]).join(', and ')}. ` +
    `Of ${test.pointCount} points measured ${test.passCount} times each: ${numbersText(test)}.`
  );
}

const refusal = ({text, failed, runUid, checkUid}: ResumeCheck): BenchError =>
  new BenchError(
    'device/changed',
    `${text} Nothing was added to it; its points are kept as they were, and what was found is stored. ` +
      (failed.includes('shift')
        ? 'Home the stage and resume again; if that does not help, measure anew.'
        : 'Put right what has changed and resume again, allow so large a change if it does no harm, or measure anew.'),
    {details: {failed, runUid, checkUid}},
  );
