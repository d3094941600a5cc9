import {createRouterClient} from '@orpc/server';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {appApi} from '../../../src/host/api/app.ts';
import {stageApi} from '../../../src/host/api/stage.ts';
import {grid, startHost, until, type TestHost} from '../bench-service/bench-fixture.ts';
import {dimScene} from '../../virtual/small-design.ts';

let at: TestHost;
beforeAll(async () => {
  at = await startHost({smallPlates: 3, scene: dimScene});
  await at.api.bench.open({kind: 'virtual', speed: 50, isNoisy: false});
});
afterAll(() => at[Symbol.asyncDispose]());

describe('the live features of the API', () => {
  it('feeds the wire without a gap, and says honestly what the ring has dropped', async () => {
    let after = 0;
    let lost = 0;
    const ids: number[] = [];
    const follow = async (): Promise<void> => {
      const answer = await at.api.bench.wire({after, waitMs: 500, limit: 1000});
      lost += answer.lostCount;
      ids.push(...answer.entries.map(({id}) => id));
      after = answer.last;
    };
    await at.api.scan.start({plan: grid(10)});
    await until(async () => {
      await follow();
      return (await at.api.bench.status({})).run?.state === 'ended';
    });
    expect((await at.api.bench.status({})).run).toMatchObject({exitStatus: 'success'});
    expect(lost).toBe(0);
    expect(ids).toEqual(Array.from({length: ids.length}, (_, index) => index + 1));
    expect(ids.length).toBeGreaterThan(1000);
    // Fill it beyond what it keeps.
    const entry = {
      port: 'p',
      direction: 'note',
      bytes: new Uint8Array(0),
      note: 'n',
      nowMs: 0,
      utc: '',
    } as const;
    for (let index = 0; index < 25_000; index++) at.services.bench.wire.add('test', entry);
    const behind = await at.api.bench.wire({after, limit: 10});
    expect(behind.lostCount).toBeGreaterThan(4000);
    expect(behind.entries[0].id).toBe(after + behind.lostCount + 1);
  });

  it('tells the status at most about thirty times a second', async () => {
    await at.api.scan.start({plan: grid(16)});
    await until(async () => ((await at.api.bench.status({})).run?.pointCount ?? 0) > 3);
    const startedMs = performance.now();
    let after = 0;
    let count = 0;
    while (count < 20) {
      ({last: after} = await at.api.bench.status({after, waitMs: 1000}));
      count += 1;
    }
    await at.api.run.stop({});
    expect(performance.now() - startedMs).toBeGreaterThan((1000 * 17) / 30);
  });

  it('lets whoever was let in stop the bench, and nobody else move it', async () => {
    const context = createCallerContext(at.services, {scope: 'read', client: 'visitor'});
    const visitor = createRouterClient(
      {app: appApi(at.services, {links: () => [], openApiPath: '/'}), stage: stageApi(at.services)},
      {context},
    );
    await expect(visitor.stage.home()).rejects.toMatchObject({data: {code: 'api/denied'}});
    await at.api.scan.start({plan: grid(16)});
    await until(async () => ((await at.api.bench.status({})).run?.pointCount ?? 0) > 3);
    expect((await visitor.app.halt({reason: 'visitor saw smoke'})).problems).toEqual([]);
    const run = await until(async () => {
      const {run: found} = await at.api.bench.status({});
      return found?.state === 'ended' && found;
    });
    expect(run).toMatchObject({exitStatus: 'abort', reason: 'visitor saw smoke'});
    await expect(at.api.stage.moveTo({targetMm: {x: 99}})).rejects.toMatchObject({
      data: {code: 'motion/limit'},
    });
    const audit = await at.api.app.audit({limit: 20});
    const halt = audit.find(({action}) => action === 'halt');
    expect(halt).toMatchObject({actor: 'visitor', details: {input: {reason: 'visitor saw smoke'}}});
    expect(audit.some(({action}) => action === 'home-stage-denied')).toBe(true);
    expect(audit.some(({action}) => action === 'move-stage-refused')).toBe(true);
    const log = await at.api.app.log({});
    expect(log.entries.some(({text}) => text.includes('visitor saw smoke'))).toBe(true);
    expect(log.entries.some(({text}) => text.includes('was denied to visitor'))).toBe(true);
    expect((await at.api.app.info()).links).toEqual([]);
  });

  it('examines the installation without holding the loop up', async () => {
    // Ticks while it examines: in the loop itself it would all be one gap, however fast or busy the computer is.
    let tickCount = 0;
    const timer = setInterval(() => (tickCount += 1), 1);
    const {lines, udevAdvice} = await at.api.app.installation();
    clearInterval(timer);
    expect(lines.find(({name}) => name === 'database')).toMatchObject({isPresent: true});
    expect(lines.find(({name}) => name === 'data folder')?.text).toBe(at.folder);
    expect(udevAdvice).not.toBe('');
    expect(tickCount).toBeGreaterThan(5);
  });

  it('changes only the settings that are given', async () => {
    await at.api.app.changeSettings({theme: 'dark', choices: {a: 1}});
    const changed = await at.api.app.changeSettings({operator: 'Ada', choices: {b: 'x'}});
    expect(changed).toMatchObject({theme: 'dark', operator: 'Ada', choices: {a: 1, b: 'x'}});
    expect(await at.api.app.settings()).toEqual(changed);
  });
});
