import {join} from 'node:path';
import type {Clock} from '../../base/clock.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {HostLog} from '../api/services.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {virtualBenchFile, type BenchOperator, type VirtualBenchHandle} from '../bench/open-bench.ts';
import type {DataFolder} from '../data-folder.ts';
import {withDeadline} from '../engine/deadlines.ts';
import type {Store} from '../store/open-store.ts';
import {closedBench, createBoard} from './board.ts';
import {createByHand, type ByHand} from './by-hand.ts';
import {watchDisk} from './disk-watch.ts';
import {createHands} from './hands.ts';
import {benchClosedError, haltBench, nothingToHalt} from './halt.ts';
import {createJobs} from './jobs.ts';
import {instrumentStatusOf} from './lights.ts';
import type {BenchChoice, HaltOutcome, LiveBench} from './live-bench.ts';
import {openLiveBench, slotsOf, type LiveOpenBench, type Slots} from './live-open-bench.ts';
import {createPoller, type Poller} from './poller.ts';
import {createPortAssistant} from './port-assistant.ts';
import {createPresent, type Present} from './present.ts';
import {createPrompts} from './prompts.ts';
import {createReadingsRing} from './readings.ts';
import {hearEngine} from './hear-engine.ts';
import type {Slot} from './slot.ts';
import {createWireLog} from './wire-log.ts';

export interface VirtualBenchRequest {
  readonly seed: number;
  readonly speed: number;
  readonly noise: boolean;
  readonly designFolder?: string;
  readonly signal: AbortSignal;
}

export type StartVirtualBench = (request: VirtualBenchRequest) => Promise<VirtualBenchHandle>;

export interface BenchServiceOptions {
  readonly startVirtualBench: StartVirtualBench;
  readonly data: DataFolder;
  readonly store: Store;
  readonly log: HostLog;
}

const readingRows = 72_000;
const closeMs = 15_000;
const jobEndMs = 20_000;

interface Opened {
  readonly bench: LiveOpenBench;
  readonly hand: ByHand;
  readonly poller: Poller;
}

/** The bench of this host for as long as the host lives: opened, closed, watched, worked on. */
export function createBenchService(options: BenchServiceOptions): LiveBench & AsyncDisposable {
  const {data, store, log} = options;
  const board = createBoard();
  const readings = createReadingsRing(readingRows);
  const wire = createWireLog();
  const problems = new Map<string, BenchError | null>();
  let slots: Slots | undefined;
  let present: Present | undefined;
  let opened: Opened | undefined;
  let opening: AbortController | undefined;
  let closing: Promise<string[]> | undefined;
  let halting: Promise<HaltOutcome> | undefined;
  let sessionUid: string | undefined;
  let isRobotMounting = false;

  const say = (
    level: 'info' | 'attention' | 'error',
    source: string,
    text: string,
    code: string | null = null,
  ): void => log.add({level, source, text, code});
  const sayError = (source: string, error: unknown): void => {
    const {code, message} = benchErrorFrom(error);
    say('error', source, message, code);
  };

  const prompts = createPrompts((prompt) => {
    board.update({prompt});
    if (prompt) say('attention', 'bench', prompt.text);
  });

  const hands = createHands(() => jobs.title);

  const jobs = createJobs({
    onStatus: (run) => board.update({run}),
    onText: (text) => say('info', 'run', text),
    onEvent: (event) =>
      hearEngine(event, {
        present,
        board,
        say,
        roles: slots && {lockin: slots.lockin.role, stage: slots.stage.role},
      }),
    async before() {
      await opened?.poller.hold();
      await hands.settled();
      problems.clear();
    },
    after(error, status) {
      opened?.poller.release();
      const points = `${status.totalPointCount} points are stored`;
      if (error === null) say('info', 'run', `"${status.title}" is complete: ${points}.`);
      else
        say(
          isAbort(error) ? 'attention' : 'error',
          'run',
          `"${status.title}" ended early: ${error.message} ${points}.`,
          error.code,
        );
    },
  });

  const disk = watchDisk(data.path, (state) => board.update({saved: {...board.parts.saved, ...state}}));

  const ports = createPortAssistant({
    memoryPath: join(data.path, 'ports.json'),
    used: () =>
      (slots ? slotsOf(slots) : []).map(({role, linkText}) => ({role, path: linkText.split(',')[0] ?? ''})),
    onTrace: (role, entry) => wire.add(role, entry),
    onDamaged: (text) => say('attention', 'app', text),
  });

  const requireOpened = (): Opened => {
    if (!opened || board.parts.bench.state !== 'open') throw benchClosedError();
    return opened;
  };

  const onSlots = (next: Slots, clock: Clock, file: LiveOpenBench['file']): void => {
    slots = next;
    problems.clear();
    present = createPresent({
      board,
      readings,
      source: file.source,
      stage: () => next.stage.device,
      lockin: () => next.lockin.device,
      speed: clock.speed,
    });
  };

  /** Opens instruments, by a robot or by prompts; `signal` is that of the opening. */
  const openChoice = async (choice: BenchChoice, signal: AbortSignal): Promise<LiveOpenBench> => {
    const virtual = choice.kind === 'virtual' ? await startVirtual(choice, signal) : undefined;
    try {
      const file =
        choice.kind === 'virtual'
          ? virtualBenchFile(virtual?.instruments ?? [])
          : await readBenchFile(choice.path);
      board.update({
        bench: {...board.parts.bench, name: file.name, text: `Connecting the instruments of ${file.name}.`},
      });
      return await openLiveBench({
        file,
        speed: choice.kind === 'virtual' ? choice.speed : 1,
        operator: operatorFor(choice, virtual),
        virtual,
        signal,
        onTrace: (role, entry) => wire.add(role, entry),
        mayReconnect: () => !jobs.isLive && closing === undefined,
        onChange: () => board.bell.ring(),
        onSentence: (role, level, text, code) => say(level, role, text, code),
        onSlots: (next, clock) => onSlots(next, clock, file),
      });
    } catch (error) {
      await virtual?.[Symbol.asyncDispose]();
      throw error;
    }
  };

  const startVirtual = (
    {seed, speed, isNoisy, designFolder}: Extract<BenchChoice, {kind: 'virtual'}>,
    signal: AbortSignal,
  ): Promise<VirtualBenchHandle> =>
    options.startVirtualBench({
      seed,
      speed,
      noise: isNoisy,
      signal,
      ...(designFolder === undefined ? {} : {designFolder}),
    });

  const operatorFor = (choice: BenchChoice, virtual: VirtualBenchHandle | undefined): BenchOperator => {
    if (!virtual || choice.kind === 'file') return (request, call) => prompts.ask(request, call);
    const robot = robotOf(virtual);
    if (choice.isRobotMounting) return robot;
    return async (request, call) => {
      await prompts.ask(request, call);
      await robot(request, call);
    };
  };

  const service: LiveBench & AsyncDisposable = {
    bell: board.bell,
    get parts() {
      return {
        ...board.parts,
        run: jobs.status,
        instruments: instrumentsNow(),
      };
    },
    readings,
    wire,
    ports,
    get hand() {
      return requireOpened().hand;
    },
    requireOpen: () => requireOpened().bench,
    get isBusy() {
      return jobs.isLive || hands.isBusy;
    },
    get run() {
      return jobs.status;
    },
    get sessionUid() {
      return sessionUid;
    },
    set sessionUid(uid) {
      const session = uid === undefined ? undefined : store.getSession(uid);
      sessionUid = uid;
      board.update({session: session ? {uid: session.uid, title: session.title} : null});
    },
    startJob(job) {
      const {bench} = requireOpened();
      if (jobs.isLive)
        throw new BenchError(
          'bench/busy',
          `"${jobs.title}" is under way. Nothing was begun; wait for its end, or stop it first.`,
        );
      if (hands.isBusy)
        throw new BenchError(
          'bench/busy',
          `Something is being done by hand: ${hands.what}. Nothing was begun; wait for its end, or press STOP.`,
        );
      for (const slot of slotsOf(bench.slots)) slot.require();
      say('info', 'run', `"${job.title}" begins.`);
      return jobs.start(job, bench);
    },
    async open(choice) {
      if (['opening', 'open', 'closing'].includes(board.parts.bench.state))
        throw new BenchError(
          'bench/busy',
          `A bench is ${board.parts.bench.state} already (${board.parts.bench.name}). Nothing was changed; close it first.`,
        );
      const controller = new AbortController();
      opening = controller;
      isRobotMounting = choice.kind === 'virtual' && choice.isRobotMounting;
      board.update({
        ...emptied,
        bench: {
          ...closedBench,
          state: 'opening',
          kind: choice.kind,
          name: choice.kind === 'virtual' ? 'virtual bench' : choice.path,
          path: choice.kind === 'file' ? choice.path : null,
          seed: choice.kind === 'virtual' ? choice.seed : null,
          speed: choice.kind === 'virtual' ? choice.speed : 1,
          isRobotMounting,
          text: choice.kind === 'virtual' ? 'Starting the virtual bench.' : 'Reading the bench file.',
        },
      });
      try {
        const bench = await openChoice(choice, controller.signal);
        const [openSlots, seen] = [slots, present];
        if (!openSlots || !seen) throw new BenchError('internal', 'The bench opened without instruments.');
        opened = {
          bench,
          hand: createByHand({bench, hands, jobs, present: seen}),
          poller: createPoller({
            slots: openSlots,
            present: seen,
            isUsed: (role) => hands.isUsing(role),
            onResult: (role, problem) => {
              if ((problems.get(role)?.message ?? '') !== (problem?.message ?? '')) board.bell.ring();
              problems.set(role, problem);
            },
          }),
        };
        board.update({bench: {...board.parts.bench, state: 'open', text: `${bench.file.name} is open.`}});
        say(
          'info',
          'bench',
          `${bench.file.name} is open: ${instrumentsNow()
            .map(({role, model}) => `${role} ${model}`)
            .join(', ')}.`,
        );
        return {name: bench.file.name};
      } catch (error) {
        slots = undefined;
        const known =
          isAbort(error) && !(error instanceof BenchError)
            ? new BenchError('plan/aborted', 'Opening the bench was broken off. Nothing moved.', {
                cause: error,
              })
            : benchErrorFrom(error);
        const wasBrokenOff = isAbort(known);
        board.update({
          bench: wasBrokenOff
            ? closedBench
            : {
                ...board.parts.bench,
                state: 'failed',
                text: 'The bench could not be opened.',
                problem: {...known.toJSON(), details: {...known.details}},
              },
        });
        say(wasBrokenOff ? 'attention' : 'error', 'bench', known.message, known.code);
        throw known;
      } finally {
        opening = undefined;
      }
    },
    close(reason) {
      return (closing ??= closeNow(reason).finally(() => {
        closing = undefined;
      }));
    },
    halt(reason) {
      return (halting ??= haltNow(reason).finally(() => {
        halting = undefined;
      }));
    },
    answerPrompt: (answer) => prompts.answer(answer),
    pauseRun: () => {
      requireRun();
      return jobs.pause();
    },
    resumeRun: () => {
      requireRun();
      jobs.resume();
    },
    async stopRun(reason) {
      requireRun();
      const {title} = jobs;
      await jobs.stop(reason);
      return `"${title}" was ended: ${jobs.pointCount} points are stored.`;
    },
    skipWait: () => jobs.skipWait(),
    instruments() {
      const {file, slots: open} = requireOpened().bench;
      return (['source', 'lockin', 'stage'] as const).map((kind) => ({
        kind,
        role: open[kind].role,
        driver: file[kind].driver,
        device: open[kind].device,
      }));
    },
    positionMm: () => present?.position?.mm,
    benchFile: () => requireOpened().bench.file,
    async connect(role) {
      await slotFor(role, 'connected').connect();
      say('info', role, `The ${role} is connected.`);
    },
    async disconnect(role) {
      await slotFor(role, 'disconnected').disconnect();
      say('attention', role, `The ${role} was disconnected by hand and its port is free.`);
    },
    async [Symbol.asyncDispose]() {
      disk[Symbol.dispose]();
      const left = await service.close('the program ends');
      if (left.length > 0) throw new BenchError('device/fault', left.join(' '));
    },
  };
  return service;

  function requireRun(): void {
    if (!jobs.isLive) throw new BenchError('plan/invalid', 'No run is under way. Nothing was changed.');
  }

  function slotFor(role: string, what: string): Slot {
    const slot = slotsOf(requireOpened().bench.slots).find((candidate) => candidate.role === role);
    if (!slot) throw new BenchError('device/unknown', `This bench has no "${role}".`);
    if (jobs.isLive || hands.isUsing(role))
      throw new BenchError(
        'bench/busy',
        `The ${role} is in use and was not ${what}; wait, or stop what uses it.`,
      );
    return slot;
  }

  function instrumentsNow() {
    if (!slots || board.parts.bench.state === 'closed') return [];
    const open = slots;
    return (['source', 'lockin', 'stage'] as const).map((kind) =>
      instrumentStatusOf(kind, open[kind], opened?.bench.file[kind].driver ?? '', {
        problem: problems.get(open[kind].role) ?? null,
        stageWord: present?.stageWord ?? '',
        isHomed: open.stage.device?.isPositionTrusted ?? false,
        source: board.parts.source,
      }),
    );
  }

  async function haltNow(reason: string): Promise<HaltOutcome> {
    if (!slots || !opened) {
      const {state} = board.parts.bench;
      opening?.abort(
        new BenchError('plan/aborted', `Opening the bench was broken off: ${reason}. Nothing moved.`),
      );
      return nothingToHalt(state);
    }
    const outcome = await haltBench({slots, hands, jobs}, reason);
    say('attention', 'bench', `STOP (${reason}): ${outcome.sentence}`);
    for (const problem of outcome.problems) say('error', 'bench', problem);
    return outcome;
  }

  async function closeNow(reason: string): Promise<string[]> {
    opening?.abort(
      new BenchError('plan/aborted', `Opening the bench was broken off: ${reason}. Nothing moved.`),
    );
    if (!opened) {
      if (board.parts.bench.state === 'failed') board.update({bench: closedBench});
      return [];
    }
    const {bench, poller} = opened;
    board.update({bench: {...board.parts.bench, state: 'closing', text: 'Making the bench safe.'}});
    const left: string[] = [];
    const attempt = async (work: PromiseLike<unknown>, limitMs: number, what: string): Promise<void> => {
      try {
        await withDeadline(Promise.resolve(work), limitMs, what);
      } catch (error) {
        sayError('bench', error);
        left.push(benchErrorFrom(error).message);
      }
    };
    if (jobs.isLive) {
      await attempt(jobs.stop(reason), jobEndMs, 'Ending the run');
      if (jobs.isLive) await attempt(jobs.abort(reason), closeMs, 'Breaking off the run');
    }
    if (hands.isBusy) left.push(...(await service.halt(reason)).problems);
    await attempt(poller.end(), closeMs, 'The last exchange');
    await attempt(bench[Symbol.asyncDispose](), closeMs, 'Closing the instruments');
    opened = undefined;
    slots = undefined;
    present = undefined;
    board.update({...emptied, bench: closedBench});
    say(
      'info',
      'bench',
      left.length === 0
        ? 'The bench was closed: RF off, ports free.'
        : 'The bench was closed, but not all of it could be made safe.',
    );
    return left;
  }
}

const emptied = {instruments: [], stage: null, lockin: null, source: null, prompt: null};

/** Does on a virtual bench what an operator would. */
const robotOf =
  (virtual: VirtualBenchHandle): BenchOperator =>
  (request) => {
    switch (request.kind) {
      case 'mount-object':
        return virtual.mountObject({
          label: request.label,
          grid: request.grid,
          amplitude: Float32Array.from(request.amplitude),
        });
      case 'block-beam':
        return virtual.blockBeam();
      case 'unblock-beam':
        return virtual.unblockBeam();
    }
  };
