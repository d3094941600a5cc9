import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {oc} from '@orpc/contract';
import {createRouterClient} from '@orpc/server';
import Database from 'better-sqlite3';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {apiContract, defaultCalibrationHours, type ApiInputs} from '../../../src/contract/api/index.ts';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {assertAllDeclared} from '../../../src/host/api/procedures.ts';
import {createRouter, type ApiRouter} from '../../../src/host/api/router.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import {grid, startHost, storedRuns, until, type TestHost} from '../bench-service/bench-fixture.ts';
import {dimScene} from '../../virtual/small-design.ts';

type Inputs = {readonly [F in keyof ApiInputs]: {readonly [P in keyof ApiInputs[F]]: ApiInputs[F][P]}};

let at: TestHost;
let router: ApiRouter;
let inputs: Inputs;
beforeAll(async () => {
  at = await startHost({smallPlates: 5, scene: dimScene});
  await at.api.bench.open({kind: 'virtual', speed: 50, isNoisy: false, hasMounts: true});
  await at.api.scan.start({plan: grid(4)});
  await until(async () => (await at.api.bench.status({})).run?.state === 'ended');
  // Where the plates stand is known once it was read: that is no change of the bench.
  await at.api.mount.preview({plate: 1, target: {dxMm: 0.1}});
  await until(async () =>
    (await at.api.bench.status({})).mount?.plates[0]?.axes.every((own) => own.offset !== null),
  );
  router = createRouter(at.services, {links: () => [], openApiPath: '/openapi.json'});
  inputs = inputsFor(at);
});
afterAll(() => at[Symbol.asyncDispose]());

const procedures = Object.entries<Record<string, {'~orpc': {meta: {effect?: string; scope: string}}}>>(
  apiContract,
).flatMap(([feature, own]) =>
  Object.entries(own).map(
    ([
      name,
      {
        '~orpc': {meta},
      },
    ]) => [`${feature}.${name}`, feature, name, meta] as const,
  ),
);

/** Calls a procedure as one with the token of a scope; the outcome is its error code, or `done`. */
async function call(feature: string, name: string, scope: 'read' | 'operate'): Promise<string> {
  const client = createRouterClient(router, {
    context: createCallerContext(at.services, {scope, client: 'stranger'}),
  }) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  try {
    await client[feature]?.[name]?.(inputs[feature as keyof Inputs][name as never]);
    return 'done';
  } catch (error) {
    const {data, message} = error as {data?: {code?: string}; message: string};
    return data?.code ?? message;
  }
}

describe('what a procedure may change', () => {
  it.each(procedures.filter(([, , , {effect}]) => effect === 'change'))(
    '%s is refused to one who may only look, and nothing has changed',
    async (_, feature, name) => {
      const before = await stateOf(at);
      expect(await call(feature, name, 'read')).toBe('api/denied');
      expect(await stateOf(at)).toEqual(before);
      const [line] = at.services.store.listAudit(1);
      expect(line).toMatchObject({subject: `${feature}.${name}`, details: {client: 'stranger'}});
      expect(line?.action).toMatch(/-denied$/);
    },
  );

  const needData =
    /^(campaign\.(state|planes|outcome|resumePlan)|compare\.planes|align\.|alignGuide\.|correction\.|calibrate\.(asBuiltHeights|reprintPlanes|inPlaceOutcome|inPlaceDryRun)|sessions\.artifact|computations\.result|twin\.training$|gpu\.orders$|design\.previewHeights)/;
  it.each(procedures.filter(([, , , {effect}]) => effect === 'read'))(
    '%s changes nothing',
    async (path, feature, name) => {
      const before = await stateOf(at);
      const outcome = await call(feature, name, 'read');
      if (!needData.test(path)) expect(outcome).toBe('done');
      else expect(outcome).not.toMatch(/internal|denied|validation/i);
      expect(await stateOf(at)).toEqual(before);
    },
  );

  it('lets everybody stop, which leaves a line with who it was', async () => {
    expect(procedures.filter(([, , , {effect}]) => effect === 'safety').map(([path]) => path)).toEqual([
      'app.halt',
      'source.turnOff',
      'source.holdEnd',
      'stage.jogEnd',
    ]);
    expect(await call('app', 'halt', 'read')).toBe('done');
    expect(at.services.store.listAudit(1)).toMatchObject([
      {action: 'halt', subject: 'app.halt', details: {client: 'stranger', scope: 'read'}},
    ]);
  });

  it('notes who changed settings, and to what', async () => {
    expect(await call('app', 'changeSettings', 'operate')).toBe('done');
    expect(at.services.store.listAudit(1)).toMatchObject([
      {action: 'change-settings', details: {client: 'stranger', input: {operator: 'Mallory'}}},
    ]);
  });

  it.each([
    ['nothing at all', {}],
    ['no effect', {scope: 'read'}],
    ['a change that leaves no line', {scope: 'operate', effect: 'change'}],
    ['a change that a look-only token may make', {scope: 'read', effect: 'change', audit: 'do-it'}],
  ])('starts no host with a procedure that declares %s', (_, meta) => {
    expect(() => assertAllDeclared(apiContract)).not.toThrow();
    const contract = {app: {sneak: oc.$meta<Record<string, unknown>>({}).meta(meta)}};
    expect(() => assertAllDeclared(contract)).toThrow(/app\.sneak does not declare/);
  });
});

/**
 * Everything that may not change: tables, files of the data folder, settings, and the bench. Lines of refusals aside, and
 * what the watch of the clock writes down by itself once a minute.
 */
async function stateOf({folder, services, api}: TestHost): Promise<unknown> {
  const db = new Database(join(folder, 'bench.sqlite'), {readonly: true});
  const tables = db
    // The store looks at the clock once a minute by itself, and notes that it did.
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('audit', 'clock_frames')`,
    )
    .pluck()
    .all()
    .map((name) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]);
  db.close();
  const {bench, stage, mount, source, run, session, prompt} = await api.bench.status({});
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort();
  return {
    tables,
    files: files.filter((name) => !/-(wal|shm)$/.test(name)),
    settingsFile: files.includes('settings.json')
      ? readFileSync(join(folder, 'settings.json'), 'utf8')
      : null,
    settings: services.settings.get(),
    chosenSession: services.bench.sessionUid,
    bench,
    positionMm: stage?.positionMm,
    mount: mount?.plates.map((own) => own.axes),
    isOutputOn: source?.isOutputOn,
    run,
    session,
    prompt,
  };
}

/** An input for each procedure with which it would do what it does: a new procedure has to be entered here. */
function inputsFor(host: TestHost): Inputs {
  const [run] = storedRuns(host);
  if (!run) throw new Error('The fixture has measured nothing.');
  const {uid: runUid, sessionUid} = run;
  const missing = 'no-such-uid';
  const target = {plate: 1, target: {dxMm: 0.1}};
  const side = {kind: 'run', runUid, quantity: 'r'} as never;
  const nowhere = {driver: 'sr830', port: '/dev/no-such-port'};
  const feed = {after: 0, waitMs: 0, limit: 10};
  return {
    app: {
      info: undefined,
      installation: undefined,
      examine: {isDataChecked: true},
      settings: undefined,
      changeSettings: {
        operator: 'Mallory',
        lastBench: {kind: 'file', path: '/tmp/other.yaml'},
        calibrationHours: {...defaultCalibrationHours, darkLevel: 9999},
      },
      log: feed,
      audit: {limit: 10},
      shutDown: undefined,
      halt: {reason: 'tried'},
    },
    bench: {
      status: feed,
      open: {kind: 'virtual', seed: 5},
      close: undefined,
      checkFile: {path: join(host.folder, 'no-such-file.yaml')},
      readings: feed,
      wire: feed,
      ports: undefined,
      identify: {path: '/dev/null'},
      answerPrompt: {id: 'p', answer: 'done'},
    },
    instruments: {
      list: undefined,
      drivers: undefined,
      probe: {at: nowhere},
      get: {role: 'lockin', names: ['timeConstantS']},
      assign: {role: 'lockin', assignments: [{name: 'timeConstantS', value: 1}]},
      read: {role: 'lockin'},
      set: {role: 'lockin', name: 'timeConstantS', value: 1},
      call: {role: 'stage', action: 'home', args: {}},
      connect: {role: 'stage'},
      disconnect: {role: 'stage'},
    },
    detector: {read: {count: 1}},
    source: {
      turnOn: {powerDbm: 0},
      turnOff: undefined,
      hold: {holdId: 'h', at: nowhere},
      holdEnd: {holdId: 'h'},
      interlocks: undefined,
    },
    stage: {
      preview: {targetMm: {x: 1}},
      moveTo: {targetMm: {x: 1}},
      home: undefined,
      where: {},
      stop: {},
      trustPosition: {reportedMm: {x: 1}},
      step: {axis: 'x', distanceMm: 1},
      jogHold: {pressId: 'a', direction: {x: 1}, speedMmPerS: 5},
      jogEnd: {pressId: 'a'},
    },
    mount: {
      preview: target,
      moveTo: target,
      where: {},
      stop: {},
      home: {plate: 1, axis: 'dxMm'},
      undoCorrection: {at: nowhere},
      trustPosition: {plate: 1, shown: {dxMm: 0}},
      clearFaults: {plate: 1},
    },
    scan: {
      dryRun: {plan: grid(4)},
      start: {plan: grid(4)},
      resumePlan: {runUid},
      resume: {runUid},
      resumeChecks: {runUid},
      again: {runUid},
      readPlan: {text: 'beam-find'},
      outcome: {id: host.services.bench.run?.id ?? ''},
      pointsFile: {runUid, format: 'csv'},
    },
    run: {events: feed, pause: undefined, resume: undefined, stop: {reason: 'tried'}, skipWait: undefined},
    runs: {
      get: {runUid},
      find: {start: runUid},
      search: {},
      points: {runUid, ...feed},
      plane: {runUid},
      thumbnail: {runUid},
      documents: {runUid},
    },
    campaign: {
      digits: {limit: 2},
      plan: {digitCount: 1},
      start: {digitCount: 1},
      resumePlan: {sessionUid},
      resume: {sessionUid},
      again: {sessionUid},
      state: {sessionUid},
      outcome: {id: missing},
      planes: {runUid},
      skip: {index: 0},
      repeat: {index: 0},
      exclude: {sessionUid, index: 0, isExcluded: true, reason: 'tried'},
    },
    queue: {
      state: {},
      add: {job: {kind: 'scan', request: {plan: grid(4)}}},
      remove: {id: missing},
      move: {id: missing, place: 0},
      setGoesOn: {id: missing, goesOnAfterFailure: true},
      pause: undefined,
      resume: undefined,
    },
    compare: {planes: {a: side, b: side}},
    gpu: {
      offer: {name: 'tried'},
      orders: {id: missing, ...feed},
      answer: {id: missing, number: 1, first: 0, total: 1, values: new Float32Array(1)},
      withdraw: {id: missing, reason: 'tried'},
    },
    align: {
      sources: {},
      planes: {sessionUid},
      start: {sessionUid},
      status: feed,
      stop: undefined,
      results: {},
      result: {uid: missing},
      accept: {uid: missing},
      undo: {uid: missing},
      sensitivity: {designHash: missing},
      nextProbe: {uid: missing},
      measureNext: {uid: missing, objects: ['mnist:5:5654']},
      planeOrder: {sessionUid},
      corrections: {uid: missing},
      data: {folder: host.folder},
      plan: {uid: missing},
      find: {start: missing},
      digits: {names: ['5']},
      measure: {digits: ['5']},
      outcome: {id: missing},
    },
    alignGuide: {
      list: undefined,
      begin: {title: 'tried'},
      state: {sessionUid, ...feed},
      run: {sessionUid, stepId: 'reference'},
      correct: {sessionUid},
      decide: {sessionUid, stepId: 'reference', decision: 'skip'},
      planes: {artifactUid: missing},
    },
    calibrate: {
      asBuilt: {},
      asBuiltHeights: {uid: missing, plate: 1},
      recordAsBuilt: {alignmentUid: missing},
      readOuts: {},
      learnReadOut: {sessionUids: [missing]},
      readOutCurve: {of: {kind: 'built', asBuiltUid: missing}},
      revokeReadOut: {uid: missing},
      offers: {asBuiltUid: missing},
      reprint: {asBuiltUid: missing},
      inPlaceDryRun: {asBuiltUid: missing},
      inPlace: {asBuiltUid: missing},
      resumeInPlace: {folder: '/none'},
      inPlaceStopped: undefined,
      inPlaceProgress: undefined,
      inPlaceOutcome: {id: missing},
      reprints: undefined,
      reprintPlanes: {uid: missing},
    },
    correction: {
      plan: {alignmentUid: missing},
      apply: {alignmentUid: missing, shown: [{}]},
      correctAndCheck: {alignmentUid: missing},
      outcome: {id: missing},
      list: {alignmentUid: missing},
      measureAgain: {uid: missing},
      keep: {uid: missing},
      undo: {uid: missing},
    } as never,
    design: {
      list: undefined,
      get: {},
      plate: {index: 0},
      fields: {digitId: 'mnist:5:5654', zMm: [10]},
      checkPrint: {formats: ['svg']},
      exportPlates: {formats: ['svg']},
      previewMaps: {sources: [{path: join(defaultDesignFolder, 'layer-1.npy')}]},
      previewHeights: {
        sessionUid: 'none',
        plate: 1,
        source: {path: join(defaultDesignFolder, 'layer-1.npy')},
        answers: {
          quantity: {kind: 'height', unit: 'mm'},
          orientation: {firstRow: 'bottom', seenFrom: 'detector'},
          pitchMm: 0.4,
        },
      },
      importHeights: {
        sessionUid: 'none',
        plate: 1,
        source: {path: join(defaultDesignFolder, 'layer-1.npy')},
        answers: {
          quantity: {kind: 'height', unit: 'mm'},
          orientation: {firstRow: 'bottom', seenFrom: 'detector'},
          pitchMm: 0.4,
        },
      },
      importMaps: {
        name: 'imported',
        design: {
          sources: [{path: join(host.folder, 'designs', 'no-map.npy')}],
          answers: {
            quantity: {kind: 'height', unit: 'mm'},
            orientation: {firstRow: 'top', seenFrom: 'detector'},
            pitchMm: 0.4,
          },
        },
      },
    },
    twin: {
      predict: {object: {kind: 'digit', id: 'mnist:5:5654'}},
      propagate: {
        count: 2,
        re: Float64Array.of(1, 1, 1, 1),
        pitchMm: 0.4,
        wavelengthMm: 0.75,
        distanceMm: 20,
      },
      sensitivity: {objectCount: 1},
      measure: {limit: 1},
      tolerance: {settings: {benchCount: 2, digitsPerBench: 1}},
      toleranceEstimate: {},
      tradeOff: {settings: {values: [0, 1], steps: 1, marginImages: 0}},
      classify: {limit: 1},
      image: {limit: 1},
      train: {settings: {name: 'tried'}},
      training: {id: missing},
      trainings: undefined,
      resume: {folder: missing},
      readOut: {folder: missing},
    },
    data: {state: {}, backUp: {}, recover: {toFolder: missing}, putInPlace: {folder: missing}},
    computations: {status: feed, result: {id: missing}, stop: {id: missing}},
    sessions: {
      search: {},
      find: {start: sessionUid},
      get: {uid: sessionUid},
      create: {title: 'tried'},
      choose: {uid: sessionUid},
      change: {uid: sessionUid, title: 'tried'},
      addNote: {sessionUid, text: 'tried'},
      calibrations: undefined,
      export: {sessionUid, format: 'json-lines'},
      verify: undefined,
      report: {sessionUid},
      artifact: {uid: missing},
    },
  };
}
