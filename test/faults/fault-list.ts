import {setTimeout as sleepMs} from 'node:timers/promises';
import {bytesFromText} from '../../src/virtual/byte-line.ts';
import type {FaultBench, Role} from './fault-bench.ts';
import type {WireFault} from './middle.ts';
import type {StateName} from './state-names.ts';

/** One thing that goes wrong with one instrument or its wire. */
export interface Fault {
  readonly name: string;
  readonly role: Role;
  readonly act: (bench: FaultBench) => Promise<void> | void;
  /** Only another instrument is behind the wire: it may hear the question who it is, and no byte more. */
  readonly isStranger?: boolean;
  /** Orders reach the instrument no more, so that nobody can turn RF off or stop a stage. */
  readonly isCutOff?: boolean;
  /** A run is scanned with visits of a reference point, by which lost steps show. */
  readonly needsVisits?: boolean;
  /** Why a state cannot have it; undefined where it can. */
  readonly not?: (state: StateName) => string | undefined;
}

/** A cable that is plugged in again, and replies that come too late, come after this, ms of real time. */
const againMs = 700;
const lateMs = 2500;

const identities: Readonly<Record<Role, (reply: string) => string>> = {
  stage: (reply) => reply.replace(/^(\[VER:[^:]*:)\]/, '$1the other stage]'),
  lockin: (reply) => reply.replace(/(SR830,)[^,]*/, '$1s/n99999'),
  source: (reply) => reply.replace('MY00000001', 'MY00000002'),
  mount: (reply) => reply.replace(/81001\r\n$/, '90000\r\n'),
};

/** What a second program on the same wire asks. */
const questions: Readonly<Record<Exclude<Role, 'source'>, string>> = {
  stage: '?',
  lockin: 'OUTP?1\r',
  mount: '/1 1 get pos\n',
};

const wireFaults = (role: Role): Readonly<Record<string, WireFault>> => ({
  silence: {kind: 'silence'},
  'late reply': {kind: 'late', next: 1, byMs: lateMs},
  "previous query's reply": {kind: 'previous', next: 1},
  garbage: {kind: 'garbage', next: 1},
  'truncated frame': {kind: 'truncated', next: 1},
  'doubled frame': {kind: 'doubled', next: 1},
  'wrong baud': {kind: 'wrong baud'},
  echo: {kind: 'echo'},
  'buffer overflow': {kind: 'overflow', next: 1},
  // A network instrument has a conversation with each: see its own faults.
  ...(role !== 'source' && {
    'two programs on one port': {kind: 'other program', asks: questions[role], everyMs: 40},
  }),
});

/** Everything that can happen to the wire of an instrument. */
function faultsOfWire(role: Role): Fault[] {
  const unplugged = (
    name: string,
    then: (bench: FaultBench) => Promise<void> | void,
    more: Partial<Fault> = {},
  ): Fault => ({
    name,
    role,
    ...more,
    async act(bench) {
      await bench.wires[role].plug.pull();
      await sleepMs(againMs);
      await then(bench);
    },
  });
  return [
    unplugged('unplugged, same path', ({wires}) => wires[role].plug.plugIn()),
    // Nothing answers under the name of the bench file any more.
    unplugged('unplugged, another path', () => undefined, {isCutOff: true}),
    unplugged(
      'unplugged, another instrument there',
      ({wires}) => {
        wires[role].middle.disguise = identities[role];
        wires[role].middle.forget();
        return wires[role].plug.plugIn();
      },
      {isStranger: true, isCutOff: true},
    ),
    ...Object.entries(wireFaults(role)).map(([name, fault]): Fault => ({
      name,
      role,
      isCutOff: fault.kind === 'wrong baud',
      act: ({wires}) => wires[role].middle.spoil(fault),
    })),
  ];
}

/** Another program, or a hand at the panel: past the wire of the host. */
const say = (instrument: {openLine(): {receive(bytes: Uint8Array): void}}, line: string): void =>
  instrument.openLine().receive(bytesFromText(line));

const notWhileLocked = (state: StateName): string | undefined =>
  state === 'home' ? 'a door is no hindrance to homing in GRBL' : undefined;

const stageFaults: readonly Fault[] = [
  {
    name: 'stage stall',
    role: 'stage',
    // The controller runs for ever and gets nowhere.
    act({wires}) {
      let stuck = '';
      wires.stage.middle.disguise = (reply) => {
        const [, place] = /\|(MPos:[^|>]*)/.exec(reply) ?? [];
        if (place === undefined) return reply;
        stuck ||= place;
        return reply.replace(/^<\w+(?::\d)?\|MPos:[^|>]*/, `<Run|${stuck}`);
      };
    },
  },
  {
    name: 'limit switch',
    role: 'stage',
    act({virtual: {stage}}) {
      stage.axes.motion.abort();
      stage.axes.alarm(1);
    },
  },
  {
    name: 'lost steps',
    role: 'stage',
    needsVisits: true,
    act: ({virtual}) => virtual.stage.axes.mechanics.slip([0.8, 0.8, 0]),
    not: (state) =>
      state === 'home'
        ? 'homing finds the switches, wherever it began'
        : state === 'idle' || state === 'training'
          ? 'GRBL counts steps that it sends: nothing of it can be seen before something is measured'
          : undefined,
  },
  {
    name: 'alarm lock',
    role: 'stage',
    act({virtual: {stage}}) {
      stage.axes.motion.abort();
      stage.axes.alarm(3);
    },
  },
  {
    name: 'door',
    role: 'stage',
    act: ({virtual: {stage}}) => stage.axes.openDoor(),
    not: notWhileLocked,
  },
  {
    name: 'supply dip and reboot',
    role: 'stage',
    act({virtual: {stage}}) {
      stage.axes.powerCycle();
      say(stage, '\u0018');
    },
  },
];

const lockInFaults: readonly Fault[] = [
  {
    name: 'overload',
    role: 'lockin',
    // The brightest light of the plan is a hundred times its full scale.
    act: ({virtual}) => say(virtual.detectors.sr830, 'SENS 8\r'),
  },
  {
    name: 'reference unlock',
    role: 'lockin',
    act: ({virtual}) => say(virtual.source, 'PULM:STAT OFF\n'),
    not: (state) =>
      state === 'idle' || state === 'training' ? 'with RF off there is no reference anyway' : undefined,
  },
  {
    name: 'supply dip and reboot',
    role: 'lockin',
    // It tests itself for seconds, and its filters begin at zero. Settings are kept.
    async act({virtual, wires}) {
      wires.lockin.middle.spoil({kind: 'silence'});
      say(virtual.detectors.sr830, 'FMOD 1\r');
      await sleepMs(5000);
      say(virtual.detectors.sr830, 'FMOD 0\r');
      wires.lockin.middle.mend();
    },
  },
];

const sourceFaults: readonly Fault[] = [
  {
    name: 'two programs on one port',
    role: 'source',
    // What the other one changes, both have.
    act: ({virtual}) => say(virtual.source, 'POW 5 DBM\n'),
  },
  {
    name: 'unlevelled',
    role: 'source',
    act: ({virtual}) => say(virtual.source, 'POW 19.5 DBM\n'),
  },
  {
    name: 'tripped',
    role: 'source',
    // Reverse power protection opens the output.
    act: ({virtual}) => say(virtual.source, 'OUTP OFF\n'),
  },
  {
    name: 'supply dip and reboot',
    role: 'source',
    async act({virtual, wires}) {
      await wires.source.plug.pull();
      virtual.source.core.preset();
      await sleepMs(againMs);
      await wires.source.plug.plugIn();
    },
  },
];

const mountFaults: readonly Fault[] = [
  {
    name: 'stage stall',
    role: 'mount',
    act: ({virtual}) => virtual.mounts && say(virtual.mounts, '/1 stop\n'),
  },
  {
    name: 'supply dip and reboot',
    role: 'mount',
    act({virtual: {mounts}}) {
      for (const axis of mounts?.devices[0]?.axes ?? []) axis.reset();
    },
  },
];

/** All faults, by instrument. */
export const faults: readonly Fault[] = [
  ...(['stage', 'lockin', 'source', 'mount'] as const).flatMap(faultsOfWire),
  ...stageFaults,
  ...lockInFaults,
  ...sourceFaults,
  ...mountFaults,
];
