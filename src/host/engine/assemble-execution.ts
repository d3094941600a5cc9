import {randomUUID} from 'node:crypto';
import type {BenchDevice} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {defaultDeadlines} from './deadlines.ts';
import type {EngineOptions, RunOptions} from './engine-options.ts';
import type {EngineState, EventHub} from './events.ts';
import {Execution} from './execution.ts';
import {Pace} from './pace.ts';
import {PauseGate} from './pause-gate.ts';
import type {Reconnect} from './reach.ts';
import {RunDocuments} from './run-documents.ts';
import {Suspenders} from './suspenders.ts';
import {Watch, defaultWatch} from './watch.ts';
import type {OperatorHandler} from './watched-waits.ts';

/** What carries out one plan. */
export interface AssembledExecution {
  readonly execution: Execution;
  readonly gate: PauseGate;
  readonly documents: RunDocuments;
}

/** Makes what carries out one plan on the engine's bench: its documents, its watch over the instruments, its pauses. */
export function assembleExecution(
  options: EngineOptions,
  {hub, onState}: {readonly hub: EventHub; readonly onState: (state: EngineState, reason?: string) => void},
  profile: RunOptions['profile'],
): AssembledExecution {
  const {clock, recorder, reconnect} = options;
  const utcNowS = options.utcNowS ?? ((): number => Date.now() / 1000);
  const documents = new RunDocuments({
    recorder,
    metadata: options.metadata ?? {operator: ''},
    createId: options.createId ?? randomUUID,
    utcNowS,
    onDocument: (document) => hub.hasListeners && hub.emit({type: 'document', document}),
  });
  const gate = new PauseGate({
    sourceOnPause: options.sourceOnPause ?? 'keep',
    movedMm: 0.02,
    onState,
  });
  // A map of this plan alone: an instrument that is connected anew replaces the lost one in it.
  const devices = new Map(options.devices);
  const settings = {...defaultWatch, ...options.watch};
  const suspenders =
    options.suspenders && options.suspenders.length > 0
      ? new Suspenders(options.suspenders, options.surroundings)
      : undefined;
  const execution = new Execution({
    devices,
    clock,
    documents,
    hub,
    watch: new Watch({devices, clock, documents, hub, settings, utcNowS, suspenders}),
    suspenders,
    utcNowS,
    reconnect: reconnect && reconnectInto(devices, reconnect),
    onFault: (error) => onState('aborting', error.message),
    pace: new Pace(profile),
    operator: options.operator ?? refuseManualStep,
    ask: options.ask,
    settingsPolicy: options.settingsPolicy ?? 'ask',
    notValidRetry: options.notValidRetry ?? {count: 3, waitMs: 200},
    deadlines: {...defaultDeadlines, ...options.cleanUpDeadlines},
    graceMs: options.graceMs ?? 2000,
    gate,
    addNote: (text) => {
      const {runUid} = documents;
      recorder.addNote({text, time: utcNowS(), ...(runUid !== undefined && {runUid})});
      hub.emit({type: 'note', text});
    },
  });
  return {execution, gate, documents};
}

/**
 * Connects a lost instrument anew and puts it into `devices`. One that could not be reached is not tried again: the ways
 * in which a plan is brought to its end (stop, clean-up, closing the run) would each wait for it.
 */
function reconnectInto(devices: Map<string, BenchDevice>, reconnect: Reconnect): Reconnect {
  const unreachable = new Map<string, unknown>();
  return async (role, lost, call) => {
    if (unreachable.has(role)) throw unreachable.get(role);
    try {
      const device = await reconnect(role, lost, call);
      devices.set(role, device);
      return device;
    } catch (error) {
      unreachable.set(role, error);
      throw error;
    }
  };
}

const refuseManualStep: OperatorHandler = (request) =>
  Promise.reject(
    new BenchError(
      'plan/operator-refused',
      `The plan needs a manual step (${request.kind}), but nobody is there to do it. Run it where an operator can answer.`,
    ),
  );
