/** The one place where the parts of the host meet; command line and the app's process enter here. */
import {startVirtualBench} from '../virtual/spawn.ts';
import * as align from './calls/align-calls.ts';
import * as campaign from './calls/campaign-calls.ts';
import {createBenchOpener, type OpenChosenBench} from './calls/chosen-bench.ts';
import * as correct from './calls/correct-calls.ts';
import * as guide from './calls/guide-calls.ts';
import * as probe from './calls/probe-calls.ts';
import {createHost, type Host} from './create-host.ts';
import type {LocalHost, LocalHostOptions} from './local-host.ts';
import type {trainDesign as TrainDesign} from './designs/train-design.ts';
import type {assertExportable as AssertExportable, writePoints as WritePoints} from './scan/export-points.ts';

export type {CorrectionReport} from './corrections/correct-bench.ts';
export type {CorrectionPlan} from './corrections/correct-plan.ts';
export {alignData, alignStored, sensitivityOfDesign} from './calls/align-calls.ts';
export type {AlignCall, AlignStep} from './calls/align-calls.ts';
export type {BenchChoice} from './calls/chosen-bench.ts';
export type {CorrectOutcome} from './calls/correct-calls.ts';
export type {CampaignControls} from './campaign/run-campaign.ts';
export type {Host} from './create-host.ts';
export type {LocalHost, LocalHostOptions} from './local-host.ts';
export {runVirtual} from '../virtual/main.ts';
export {startVirtualBench} from '../virtual/spawn.ts';
export {readIdxDataSet} from './data/idx.ts';
export type {GuideAnswer} from './guide/run-guide.ts';
export {defaultDesignFolder} from './designs/default-design.ts';
export {openDesign} from './designs/design-folder.ts';
export type {TrainDesignSettings} from './designs/train-design.ts';
export {assertWritable} from './files/assert-writable.ts';
export type {EngineEvent} from './engine/events.ts';
export {listSessions, reportSession, showSession, verifyData} from './sessions.ts';
export {classify} from './twin/classify.ts';
export {predictPlane, propagatePlane} from './twin/plane-jobs.ts';

/** Loaded when it is asked for: TensorFlow.js would cost every other command a quarter of a second. */
export const trainDesign: typeof TrainDesign = async (...args) =>
  (await import('./designs/train-design.ts')).trainDesign(...args);

/** Refuses before anything is measured what could not be written on this computer afterwards. */
export const assertExportable: typeof AssertExportable = async (...args) =>
  (await import('./scan/export-points.ts')).assertExportable(...args);
export const writePoints: typeof WritePoints = async (...args) =>
  (await import('./scan/export-points.ts')).writePoints(...args);

/** The long-lived host of windows and browsers; no bench is open yet. */
export const createHostProcess = (options: {readonly dataFolder?: string | undefined} = {}): Promise<Host> =>
  createHost({...options, startVirtualBench});

/** A host in this process, for a program that runs once. */
export const openLocalHost = async (options: LocalHostOptions): Promise<LocalHost> =>
  (await import('./local-host.ts')).openLocalHost({...options, startVirtualBench});

const openChosenBench = createBenchOpener(startVirtualBench);
const onChosen =
  <Call extends unknown[], Outcome>(act: (openBench: OpenChosenBench, ...call: Call) => Outcome) =>
  (...call: Call): Outcome =>
    act(openChosenBench, ...call);

// Commands that open a bench and close it again; what each does is told where it is written.
export const alignOnBench = onChosen(align.alignOnBench);
export const campaignOnBench = onChosen(campaign.campaignOnBench);
export const correctOnBench = onChosen(correct.correctOnBench);
export const guideOnBench = onChosen(guide.guideOnBench);
export const planProbesOnBench = onChosen(probe.planProbesOnBench);
