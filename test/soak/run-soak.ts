import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import type {RunStatus} from '../../src/contract/api/index.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import type {InstrumentName} from '../../src/virtual/instrument-list.ts';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {openReader, startBadReaders, type BadReaders, type Reader} from './readers.ts';
import type {Held, SoakOutcome, SoakPlan, SoakSample} from './soak-plan.ts';
import {linkCables, pullCable, startSoakHost, type SoakHost} from './soak-process.ts';

/** Instruments by their roles, and what the virtual bench calls them. */
const cables: readonly {readonly role: string; readonly name: InstrumentName}[] = [
  {role: 'stage', name: 'grbl'},
  {role: 'lockin', name: 'sr830'},
  {role: 'source', name: 'scpi-source'},
];

/**
 * Measures scan after scan on a virtual bench through a host of its own, presses STOP, pulls cables, and has readers that
 * are slow and that vanish; then reads everything that was stored and compares it with what was seen. Linux: what a
 * process holds is read from /proc. `onSample` hears of each stretch at its end.
 */
export async function runSoak(
  plan: SoakPlan,
  onSample: (sample: SoakSample) => void = () => undefined,
): Promise<SoakOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-soak-'));
  try {
    const virtual = await startVirtualBench({
      speed: plan.speed,
      seed: 1,
      home: 'process',
      ...(plan.designFolder !== undefined && {designFolder: plan.designFolder}),
      // The drift of the scene is that of hours: over weeks it would leave every range.
      settings: {driftPerHour: 0, ...plan.scene},
    });
    try {
      const links = linkCables(virtual, folder);
      const host = await startSoakHost(folder, links);
      const soak = new Soak(plan, {virtual, host, folder}, onSample);
      try {
        await soak.run();
      } finally {
        await host.end();
      }
      return soak.outcome();
    } finally {
      await virtual[Symbol.asyncDispose]();
    }
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

interface SoakParts {
  readonly virtual: VirtualBench;
  readonly host: SoakHost;
  readonly folder: string;
}

/** What a scan came to, and what the reader of its feed has seen. */
interface SeenScan {
  readonly runUid: string;
  readonly exitStatus: RunStatus['exitStatus'];
  readonly seenCount: number;
}

class Soak {
  readonly #plan: SoakPlan;
  readonly #parts: SoakParts;
  readonly #onSample: (sample: SoakSample) => void;
  readonly #samples: SoakSample[] = [];
  readonly #sentMs: number[] = [];
  readonly #problems: string[] = [];
  readonly #seen: SeenScan[] = [];
  readonly #beganMs = performance.now();
  #stopMs: number[] = [];
  #points = 0;
  #reconnects = 0;
  #cutScans = 0;
  #pressesAgain = 0;
  #databaseBytes = 0;
  #runUid: string | null = null;
  #endedMs = 0;
  #benchS = 0;
  #readerCounts = {vanished: 0, slowAnswers: 0};

  constructor(plan: SoakPlan, parts: SoakParts, onSample: (sample: SoakSample) => void) {
    this.#plan = plan;
    this.#parts = parts;
    this.#onSample = onSample;
  }

  async run(): Promise<void> {
    const {host, virtual} = this.#parts;
    const window = await openReader(host.place);
    await window.client.bench.open({kind: 'virtual', speed: Math.min(1000, this.#plan.speed)});
    const readers = startBadReaders({
      place: host.place,
      vanishEveryMs: 300,
      slowMs: 1000,
      runUid: () => this.#runUid,
      onProblem: (text) => void this.#problems.push(text),
    });
    try {
      for (let round = 0; this.#part() < 1; round++) {
        await this.#measureRound(window, round);
        await this.#reconnectDue(window, round);
        if (this.#part() >= (this.#samples.length + 1) / this.#plan.sampleCount) await this.#sample(readers);
        if (this.#problems.length > 20) break;
      }
    } finally {
      await readers[Symbol.asyncDispose]();
      this.#readerCounts = {...readers.counts};
      window.socket.terminate();
    }
    this.#endedMs = performance.now();
    this.#benchS = (await virtual.readState()).nowS;
  }

  /** A scan to its end, one that STOP ends, and now and then one whose cable is pulled. */
  async #measureRound(window: Reader, round: number): Promise<void> {
    await this.#scan(window);
    await this.#scan(window, async () => {
      const pressedMs = performance.now();
      const {sentMs, problems} = await window.client.app.halt({reason: 'the soak presses it'});
      this.#stopMs.push(performance.now() - pressedMs);
      if (sentMs !== null) this.#sentMs.push(sentMs);
      this.#problems.push(...problems.map((text) => `STOP: ${text}`));
    });
    if (round % 4 !== 3 || this.#reconnects >= this.#plan.reconnectCount) return;
    const cable = cables[((round - 3) / 4) % cables.length];
    this.#cutScans++;
    await this.#scan(window, () => this.#pull(cable));
    await this.#connect(window, cable.role);
    this.#reconnects++;
  }

  #pull = (cable: (typeof cables)[number]): Promise<void> =>
    pullCable(this.#parts.virtual, this.#parts.folder, cable);

  /** Connects an instrument again, by hand, where the host has not done so by itself. */
  async #connect({client}: Reader, role: string): Promise<void> {
    for (let press = 1; ; press++) {
      try {
        await client.instruments.connect({role});
        break;
      } catch (error) {
        // The answer to what was asked before the cable was pulled may come over the new line: a person presses again.
        if (press === 3) throw error;
        this.#pressesAgain++;
      }
    }
    // A stage whose line has ended may have been moved by hand.
    if (role === 'stage') await client.stage.home();
  }

  /** How much of the soak is done, by its points or its time; 1 at its end. */
  #part(): number {
    const {pointCount, longestS = Infinity} = this.#plan;
    return Math.max(this.#points / pointCount, (performance.now() - this.#beganMs) / 1000 / longestS);
  }

  async #reconnectDue(window: Reader, round: number): Promise<void> {
    const {reconnectCount} = this.#plan;
    const due = Math.min(reconnectCount, Math.ceil(this.#part() * reconnectCount));
    for (; this.#reconnects < due; this.#reconnects++) {
      const cable = cables[this.#reconnects % cables.length];
      // A cable that is pulled, and one that the host lets go by itself.
      if ((this.#reconnects + round) % 2 === 0) await this.#pull(cable);
      else await window.client.instruments.disconnect({role: cable.role});
      await this.#connect(window, cable.role);
    }
  }

  /** One scan, read by its feed to its end; `act` somewhere in it. */
  async #scan({client}: Reader, act?: () => Promise<void>): Promise<void> {
    const {sideCount} = this.#plan;
    const stepMm = 98 / (sideCount - 1);
    const side = stepMm * (sideCount - 1);
    const {id} = await client.scan.start({
      plan: {plan: 'grid', widthMm: side, heightMm: side, stepMm},
      onSettings: 'keep',
      isAttended: false,
    });
    const actAfter = act === undefined ? Infinity : 1 + Math.floor(Math.random() * 0.2 * sideCount ** 2);
    let acting: Promise<void> | undefined;
    let status = await this.#begun(client, id);
    const runUid = (this.#runUid = status.runUid);
    let seen = 0;
    while (runUid !== null) {
      const answer = await client.runs.points({runUid, after: seen, waitMs: 5000});
      if (answer.last - seen !== answer.count || answer.lostCount !== 0)
        this.#problems.push(`run ${runUid}: after ${seen} came ${answer.count} points up to ${answer.last}`);
      seen = answer.last;
      if (seen >= actAfter) acting ??= act?.();
      if (answer.hasEnded) break;
    }
    await acting;
    status = await this.#ended(client, id);
    this.#runUid = null;
    this.#points += seen;
    if (runUid === null) this.#problems.push(`a scan ended before it began: ${status.reason}`);
    else this.#seen.push({runUid, exitStatus: status.exitStatus, seenCount: seen});
    const expected = act === undefined ? 'success' : null;
    if (expected !== null && status.exitStatus !== expected)
      this.#problems.push(`a scan ended as ${status.exitStatus}: ${status.reason}`);
    if (expected !== null && seen !== sideCount ** 2)
      this.#problems.push(`run ${runUid}: ${seen} points instead of ${sideCount ** 2}`);
  }

  /** The scan's state once its run has begun, or has ended without. */
  #begun = (client: Reader['client'], id: string): Promise<RunStatus> =>
    this.#statusWhen(client, id, (run) => run.runUid !== null || run.state === 'ended');

  #ended = (client: Reader['client'], id: string): Promise<RunStatus> =>
    this.#statusWhen(client, id, (run) => run.state === 'ended');

  async #statusWhen(
    client: Reader['client'],
    id: string,
    is: (run: RunStatus) => boolean,
  ): Promise<RunStatus> {
    for (let after = 0; ;) {
      const {run, last} = await client.bench.status({after, waitMs: 10_000});
      if (run?.id === id && is(run)) return run;
      after = last;
    }
  }

  async #sample(readers: BadReaders): Promise<void> {
    const held = await readers.rest(() => this.#heldAtRest());
    const before = this.#samples.at(-1);
    const realS = (performance.now() - this.#beganMs) / 1000;
    const sample: SoakSample = {
      ...held,
      points: this.#points,
      reconnects: this.#reconnects,
      realS,
      pointsPerS: (this.#points - (before?.points ?? 0)) / (realS - (before?.realS ?? 0)),
      stopMs: this.#stopMs,
    };
    this.#stopMs = [];
    this.#samples.push(sample);
    this.#onSample(sample);
  }

  /** What the host holds once the sockets of those who have vanished are closed: the same twice in a row. */
  async #heldAtRest(): Promise<Held> {
    const {host} = this.#parts;
    let held = await host.hold();
    for (let look = 0; look < 50; look++) {
      const before = held;
      await sleepMs(100);
      held = await host.hold();
      if (held.fileCount === before.fileCount) break;
    }
    return held;
  }

  /** Compares what was stored with what was seen. To be called once the host has ended. */
  outcome(): SoakOutcome {
    this.#compareStored();
    return {
      samples: this.#samples,
      sentMs: this.#sentMs,
      counts: {
        points: this.#points,
        scans: this.#seen.length,
        reconnects: this.#reconnects,
        cutScans: this.#cutScans,
        pressesAgain: this.#pressesAgain,
        vanishedReaders: this.#readerCounts.vanished,
        slowAnswers: this.#readerCounts.slowAnswers,
      },
      realS: (this.#endedMs - this.#beganMs) / 1000,
      benchS: this.#benchS,
      databaseBytes: this.#databaseBytes,
      problems: this.#problems,
    };
  }

  #compareStored(): void {
    const path = join(this.#parts.host.dataFolder, 'bench.sqlite');
    this.#databaseBytes = statSync(path).size;
    using store = openStore(path, {readOnly: true});
    const {damage, pointCount} = store.verify();
    this.#problems.push(...damage.map(({where, text}) => `${where}: ${text}`));
    const stored = store.search({limit: 1e6});
    let recordedCount = 0;
    if (stored.length !== this.#seen.length)
      this.#problems.push(`${stored.length} runs are stored, ${this.#seen.length} were seen`);
    for (const {runUid, seenCount, exitStatus} of this.#seen) {
      // Visits of the reference point are a stream of their own.
      const {stop} = store.getRun(runUid);
      const [count, status] = [stop?.num_events['primary'] ?? 0, stop?.exit_status];
      for (const ofStream of Object.values(stop?.num_events ?? {})) recordedCount += ofStream;
      if (count !== seenCount || status !== exitStatus)
        this.#problems.push(
          `run ${runUid}: ${count} points stored and ${status}, ${seenCount} seen and ${exitStatus}`,
        );
    }
    if (pointCount !== recordedCount)
      this.#problems.push(`${pointCount} points are there, ${recordedCount} by the records of their runs`);
  }
}
