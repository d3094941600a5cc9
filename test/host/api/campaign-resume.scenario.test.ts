import {createRouterClient} from '@orpc/server';
import {expect, test} from 'vitest';
import {campaignApi} from '../../../src/host/api/campaign.ts';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {readWholeRun} from '../../../src/host/runs/whole-run.ts';
import {createTestFolder} from '../../cli/run-cli.ts';
import {createPlates} from '../alignment/small-plates.ts';
import {startHost, until, type TestHost} from '../bench-service/bench-fixture.ts';

const clientOf = (at: TestHost) =>
  createRouterClient(
    {campaign: campaignApi(at.services)},
    {context: createCallerContext(at.services, {scope: 'operate', client: 'test'})},
  ).campaign;

test('a campaign that was cut off twice goes on at its digit, with its points or anew, in one session with one report', async () => {
  using folder = createTestFolder();
  await createPlates(folder.path, 'digits', [0, 1, 2, 3, 4]);
  // Time of a fast bench goes on while a busy computer does something else: it must not drift meanwhile.
  await using at = await startHost({scene: {driftPerHour: 0}});
  const {store} = at.services;
  await at.api.bench.open({kind: 'virtual', speed: 400, designFolder: folder.path});
  const campaign = clientOf(at);
  const ended = (): Promise<unknown> =>
    until(async () => (await at.api.bench.status({})).run?.state === 'ended');
  const sessionUid = async (): Promise<string> =>
    until(() => store.listSessions(10).find(({details}) => details?.kind === 'campaign')?.uid);
  const scans = (uid: string) => store.listRuns(uid).filter(({planName}) => planName === 'campaign-scan');
  const measuring = (uid: string, index: number): Promise<unknown> =>
    until(() => {
      const last = scans(uid).at(-1);
      return last?.exitStatus === undefined && last?.campaignIndex === index && last.pointCount >= 60;
    }, 2);

  await campaign.start({
    designFolder: folder.path,
    digitCount: 3,
    stepMm: 1.2,
    marginMm: 0.5,
    referenceEvery: 60,
  });
  const uid = await sessionUid();
  await measuring(uid, 1);
  await at.api.app.halt({reason: 'STOP by the test'});
  await ended();

  const rest = await campaign.resumePlan({sessionUid: uid});
  expect(rest).toMatchObject({isAllowed: true, refusal: '', doneCount: 1, left: [1, 2]});
  expect(rest.cut).toMatchObject({index: 1, anewBecause: ''});
  expect(rest.cut?.storedCount).toBeGreaterThanOrEqual(59);
  await campaign.resume({sessionUid: uid});
  await measuring(uid, 2);
  const certified = scans(uid).find(({continuesUid}) => continuesUid !== undefined);
  expect(certified).toMatchObject({exitStatus: 'success', campaignIndex: 1});
  await at.api.app.halt({reason: 'STOP once more'});
  await ended();

  expect(await campaign.resumePlan({sessionUid: uid})).toMatchObject({
    doneCount: 2,
    left: [2],
    cut: {index: 2},
  });
  const {id} = await campaign.resume({sessionUid: uid, digit: 'anew'});
  await ended();
  const {result, reportPath} = await campaign.outcome({id});
  expect(result.digits.map(({sample}) => sample)).toHaveLength(3);
  expect(reportPath).toContain(uid);
  expect(store.listSessions(10).filter(({details}) => details?.kind === 'campaign')).toHaveLength(1);
  // The digit that went on is judged by all of its points.
  const whole = readWholeRun(store, certified?.uid ?? '').pointsOf();
  const anew = scans(uid).at(-1);
  expect(anew?.continuesUid).toBeUndefined();
  expect(whole.count).toBe(
    anew?.pointCount === undefined ? 0 : readWholeRun(store, anew.uid).pointsOf().count,
  );
  expect(await campaign.resumePlan({sessionUid: uid})).toMatchObject({
    isAllowed: false,
    refusalCode: 'plan/invalid',
  });
}, 240_000);
