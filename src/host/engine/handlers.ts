import type {Detector, SourceState} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {DeviceAction, Msg, RunRequest} from '../../contract/messages.ts';
import {
  deviceOf,
  detectorOf,
  sourceOf,
  stageOf,
  valuesFromPlates,
  valuesFromPosition,
} from './device-values.ts';
import type {HandlerContext} from './handler-context.ts';
import {judgeSettings, outcomesText, readJudged} from './judge-settings.ts';
import {readDetector} from './read-detector.ts';
import {type Reached, proveAtRest, proveOff} from './reach.ts';

export type Handlers = {
  readonly [K in Msg['type']]: (message: Extract<Msg, {type: K}>, context: HandlerContext) => unknown;
};

/**
 * What the engine does for each message. A handler may answer at once or with a promise; only promises are awaited.
 * A message type without a handler does not compile.
 */
export const handlers: Handlers = {
  'open-run': ({run}, context) => {
    context.bench.isTouched = true;
    return openRun(run, context);
  },
  'close-run': ({exitStatus, reason}, context) => {
    context.documents.close(exitStatus, reason);
    context.passRunEnd();
  },
  'declare-stream': ({stream, columns, devices}, context) => {
    const named = devices.map((role) => deviceOf(context.devices, role));
    return readJudged(named, context).then((settings) =>
      context.documents.declareStream(stream, columns, settings, context.bench.settingOutcomes),
    );
  },
  move: ({device, targetMm}, context) => {
    const stage = stageOf(context.devices, device);
    stage.checkMove(targetMm);
    const {bench, hub} = context;
    bench.isTouched = true;
    bench.targetsMm.set(device, {...bench.targetsMm.get(device), ...targetMm});
    bench.movedStages.add(device);
    context.suspenders?.noteMove();
    if (targetMm.z !== undefined) context.suspenders?.forgetReference();
    if (!hub.hasListeners) return stage.moveTo(targetMm, context.callOf(device));
    return stage.moveTo(targetMm, {
      ...context.callOf(device),
      onProgress: (progress) => hub.emit({type: 'motion', device, progress}),
    });
  },
  read: ({device, onOverload}, context) => {
    const target = deviceOf(context.devices, device);
    switch (target.kind) {
      case 'stage':
        return target.readPosition(context.callOf(device)).then(valuesFromPosition);
      case 'source':
        return target.readState(context.callOf(device)).then((state) => ({
          output_frequency_hz: state.outputFrequencyHz,
          power_dbm: state.powerDbm,
          modulation_hz: state.modulationHz,
          is_output_on: Number(state.isOutputOn),
        }));
      case 'mount':
        return target.readStates(context.callOf(device)).then(valuesFromPlates);
      case 'detector':
        return readDetector(device, onOverload ?? 'ask', context).then((values) => {
          assertPlaceStands(context);
          return values;
        });
    }
  },
  record: ({stream, data}, context) => {
    assertPlaceStands(context);
    if (stream === 'reference') context.suspenders?.noteReference(data, firstDetector(context));
    return context.documents.record(stream, data);
  },
  derive: ({stream, work}, context) => {
    const data = work();
    if (data) context.documents.record(stream, data);
    return data;
  },
  distrust: (found, context) => context.distrust(found),
  settle: ({device, residualRatio}, context) => {
    const detector = detectorOf(context.devices, device);
    context.bench.residualRatios.set(device, residualRatio);
    context.bench.unsettled.delete(device);
    return context.wait(detector.settleMs(residualRatio), `settling of ${device}`);
  },
  sleep: ({ms, reason}, context) => context.wait(ms, reason),
  set: ({device, settings}, context) =>
    detectorOf(context.devices, device).applySettings(settings, context.callOf(device)),
  call: ({device, action, outputFrequencyHz}, context) => {
    deviceOf(context.devices, device);
    context.bench.isTouched = true;
    if (action === 'turn-on') {
      noteFrequency(device, outputFrequencyHz, context);
      context.suspenders?.forgetReference();
    }
    return announced(device, action, context);
  },
  'read-settings': ({device}, context) =>
    deviceOf(context.devices, device).readSettings(context.callOf(device)),
  'judge-settings': (_message, context) => judgeSettings(context),
  checkpoint: (_message, context) => context.reachCheckpoint(),
  operator: ({request}, context) => context.askOperator(request),
  compute: ({label, work}, context) => context.compute(label, work),
  note: ({text}, context) => context.addNote(text),
  progress: ({label, done, total}, context) => context.reportProgress(label, done, total),
};

const firstDetector = ({devices}: HandlerContext): Detector | undefined =>
  [...devices.values()].find((device) => device.kind === 'detector');

/** Remembers where a source works, so that it comes back there after a pause. */
function noteFrequency(role: string, outputFrequencyHz: number | undefined, {bench}: HandlerContext): void {
  if (outputFrequencyHz === undefined) bench.outputFrequenciesHz.delete(role);
  else bench.outputFrequenciesHz.set(role, outputFrequencyHz);
}

/** What was read belongs to a point only while every stage that the plan has moved still knows where it is. */
function assertPlaceStands({devices, bench}: HandlerContext): void {
  for (const role of bench.targetsMm.keys()) stageOf(devices, role).assertPositionTrusted();
}

const actions: {readonly [K in DeviceAction]: (role: string, context: HandlerContext) => Promise<unknown>} = {
  home: (role, {devices, bench, callOf}) => {
    bench.movedStages.add(role);
    bench.targetsMm.delete(role);
    return stageOf(devices, role).home(callOf(role));
  },
  stop: async (role, context) => {
    const {devices, bench, reconnect} = context;
    reportNewLine(role, await proveAtRest(stageOf(devices, role), reconnect), context);
    bench.movedStages.delete(role);
  },
  'turn-on': (role, {devices, bench, callOf}) => {
    // Remembered before it succeeds: half a turn-on is a source that may be on.
    bench.sourcesOn.add(role);
    bench.provenOff.delete(role);
    return sourceOf(devices, role).turnOn({
      ...callOf(role),
      outputFrequencyHz: bench.outputFrequenciesHz.get(role),
    });
  },
  'turn-off': async (role, context) => {
    const {devices, bench, reconnect, callOf} = context;
    reportNewLine(role, await proveOff(sourceOf(devices, role), reconnect, callOf(role)), context);
    bench.sourcesOn.delete(role);
    bench.provenOff.add(role);
  },
  'auto-phase': (role, {devices, callOf}) => {
    const detector = detectorOf(devices, role);
    if (detector.autoPhase) return detector.autoPhase(callOf(role));
    throw hasNo(detector, 'phase to set');
  },
  'auto-range': (role, {devices, callOf}) => {
    const detector = detectorOf(devices, role);
    if (detector.autoRange) return detector.autoRange(callOf(role));
    throw hasNo(detector, 'range to choose');
  },
  'read-state': (role, {devices, callOf}) => {
    const device = deviceOf(devices, role);
    return device.kind === 'source' ? device.readState(callOf(role)) : device.readSettings(callOf(role));
  },
};

const hasNo = ({role, model}: Detector, what: string): BenchError =>
  new BenchError('plan/invalid', `The ${role} (${model}) has no ${what}; the plan must not ask for it.`);

/** A run says in its start record and in a note what became of settings before it. */
function openRun(run: RunRequest, context: HandlerContext): string {
  const {settingOutcomes} = context.bench;
  const uid = context.documents.open(run, settingOutcomes);
  if (settingOutcomes.length > 0) context.addNote(outcomesText(settingOutcomes));
  return uid;
}

function reportNewLine(role: string, {isSameLine}: Reached, context: HandlerContext): void {
  if (!isSameLine)
    context.addNote(`The ${role} was out of reach; it was connected again and is proven safe.`);
}

/** Does an action and tells when it begins and ends, and what became of a source. */
async function announced(device: string, action: DeviceAction, context: HandlerContext): Promise<unknown> {
  const {hub} = context;
  hub.emit({type: 'action', device, action, isDone: false});
  let source: SourceState | 'off' | undefined;
  try {
    const result = await actions[action](device, context);
    // What a source answers to being turned on is its state.
    if (action === 'turn-on') source = result as SourceState;
    if (action === 'turn-off') source = 'off';
    return result;
  } finally {
    hub.emit({type: 'action', device, action, isDone: true, ...(source === undefined ? {} : {source})});
  }
}
