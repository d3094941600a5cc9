import type {BenchError} from '../../contract/errors.ts';
import type {InstrumentStatus, Light, MountStatus, SourceStatus} from '../../contract/api/index.ts';
import type {BenchStatusParts} from './bench-status.ts';
import {neverUtc} from './detector-state.ts';
import type {StageDevice} from '../devices/registry.ts';
import type {DeviceConnection} from './device-connection.ts';

type LiveParts = Pick<BenchStatusParts, InstrumentStatus['kind']>;

interface LabelledLight {
  readonly light: Light;
  readonly label: string;
}

/** What a light is made of, besides the connection. */
export interface LightFacts {
  /** What the last asking found. */
  readonly problem: BenchError | null;
  /** State as the controller names it. */
  readonly stageState: string;
  readonly isHomed: boolean;
  readonly isHomingDue: boolean;
  readonly source: SourceStatus | null;
  readonly mount: MountStatus | null;
  /** Whether anything was read of it since it was connected. */
  readonly isKnown: boolean;
  readonly settingsRevision: number;
}

/** Connected, and nothing has come from it yet: neither on nor off, neither moving nor at rest. */
const notReadYet: LabelledLight = {light: 'off', label: 'not read yet'};

const stageLabels: Readonly<Record<string, LabelledLight>> = {
  idle: {light: 'ready', label: 'idle'},
  run: {light: 'busy', label: 'moving'},
  jog: {light: 'busy', label: 'jogging'},
  home: {light: 'busy', label: 'homing'},
  hold: {light: 'attention', label: 'held'},
  door: {light: 'attention', label: 'door open'},
  sleep: {light: 'attention', label: 'asleep'},
  check: {light: 'attention', label: 'check mode'},
  alarm: {light: 'fault', label: 'alarm'},
};

/** The status of one instrument: a light, a word and, when something is wrong, a sentence. */
export function instrumentStatusOf(
  kind: InstrumentStatus['kind'],
  connection: DeviceConnection,
  facts: LightFacts,
): InstrumentStatus {
  const {device} = connection;
  const connected = connection.state === 'connected' ? lightOf(kind, facts) : lightOfConnection(connection);
  return {
    role: connection.role,
    kind,
    driver: connection.driver,
    model: device?.model ?? '',
    identity: device?.identity.text.trim() ?? '',
    settingsRevision: facts.settingsRevision,
    link: connection.linkText,
    problem:
      [
        connection.problem,
        facts.problem?.message ?? '',
        kind === 'mount' ? platesProblem(facts) : '',
        connected === stageLabels['alarm'] && device?.kind === 'stage' ? alarmProblem(device) : '',
      ].find((text) => text !== '') ?? '',
    ...connected,
  };
}

/** Whether anything was read of an instrument; settings of a detector are no reading. */
export const isKnown = (parts: LiveParts, kind: InstrumentStatus['kind']): boolean =>
  kind === 'detector' ? parts.detector !== null && parts.detector.utc !== neverUtc : parts[kind] !== null;

const platesProblem = ({mount}: LightFacts): string =>
  (mount?.plates ?? []).flatMap(({problem}) => (problem === '' ? [] : [problem])).join(' ');

/** A controller that reports its lock and was not asked to move has thrown no error that would tell it. */
const alarmProblem = ({role, distrust}: StageDevice): string =>
  `The controller of the ${role} is locked by an alarm${distrust === '' ? '' : ` (${distrust})`}. Nothing moves; look what has ` +
  'stopped it, then home it, or unlock it and confirm its position.';

function lightOfConnection({state}: DeviceConnection): LabelledLight {
  if (state === 'connecting') return {light: 'busy', label: 'connecting'};
  return {light: state === 'lost' ? 'fault' : 'off', label: 'not connected'};
}

function lightOf(kind: InstrumentStatus['kind'], facts: LightFacts): LabelledLight {
  const {problem} = facts;
  if (!problem && !facts.isKnown) return kind === 'stage' && facts.isHomingDue ? notHomed : notReadYet;
  switch (kind) {
    case 'stage': {
      if (facts.isHomingDue) return notHomed;
      if (problem) return problem.code === 'motion/alarm' ? stageLabels['alarm'] : noAnswer;
      const known = stageLabels[facts.stageState] ?? {light: 'ready', label: facts.stageState || 'ready'};
      return known.label === 'idle' && !facts.isHomed ? notHomed : known;
    }
    case 'detector':
      if (!problem) return {light: 'ready', label: 'ok'};
      return problem.code === 'device/not-valid'
        ? lightOfNoReading(problem, facts.source?.isOutputOn === true)
        : noAnswer;
    case 'mount': {
      if (problem) return noAnswer;
      const plates = facts.mount?.plates ?? [];
      if (plates.some((plate) => plate.isMoving)) return {light: 'busy', label: 'moving'};
      if (plates.some((plate) => plate.problem !== '')) return {light: 'attention', label: 'not free'};
      return {light: 'ready', label: 'idle'};
    }
    case 'source':
      if (problem) return problem.code === 'source/limit' ? {light: 'fault', label: 'above limit'} : noAnswer;
      if (facts.source?.isOutputOn !== true) return {light: 'off', label: 'RF off'};
      return facts.source.warmUpLeftS > 0
        ? {light: 'busy', label: 'warming up'}
        : {light: 'ready', label: 'RF on'};
  }
}

const noAnswer: LabelledLight = {light: 'fault', label: 'no answer'};
const notHomed: LabelledLight = {light: 'attention', label: 'not homed'};

function lightOfNoReading({message, details}: BenchError, isSourceOn: boolean): LabelledLight {
  if (details['isOverload'] === true) return {light: 'attention', label: 'overload'};
  if (!/unlock/i.test(message)) return {light: 'attention', label: 'not valid'};
  // With the source off its modulation is off too: there is nothing to lock to, and nobody need do anything.
  return isSourceOn ? {light: 'attention', label: 'unlocked'} : {light: 'off', label: 'no reference'};
}
