import {readFile, writeFile} from 'node:fs/promises';
import {expect} from 'vitest';
import type {QueueState} from '../../src/contract/api/index.ts';
import {
  benchIsOpen,
  benchStatus,
  benchStatusWhen,
  goTo,
  pageShown,
  planScan,
  runBar,
  runIs,
  startScan,
  typeNumber,
} from './acts.ts';
import {askHost, electronProgram} from './app.ts';
import {scenario, share} from './scenario.ts';
import {reopenSmallBench, startOnSmallBench} from './small-bench.ts';

/** One program and window; its bench is opened anew where another one is looked at. */
const shared = share(() => startOnSmallBench({speed: 50}), {width: 1440, height: 1000});

scenario('what the window shows is what is so at the instruments', async () => {
  const {app, window} = shared();
  const {page} = window;
  await benchIsOpen(page);
  await goTo(page, 'Bench');
  // RF comes on where the fields say, whatever frequency the source was left at.
  const frequency = page.getByLabel('Frequency behind the chain', {exact: true});
  await expect.poll(() => frequency.inputValue()).toBe('400');
  await page.getByText('It stands at 720.000 GHz').waitFor();
  await page.getByRole('button', {name: 'Turn RF on'}).click();
  await page.getByText(/^RF ON, 10\.0.dBm, 400\.000 GHz$/).waitFor();
  const on = await benchStatusWhen(app.url, ({source}) => source?.isOutputOn === true);
  expect(on.source?.outputFrequencyHz).toBeCloseTo(400e9, -3);

  // After an act its settings are read again, and what it set has a name and a unit.
  const range = page.getByRole('button', {name: /Full scale$|^Full scale/});
  await range.getByText('20 mV').waitFor();
  await page.getByRole('button', {name: 'Auto range', exact: true}).click();
  const answer = page.getByRole('dialog', {name: /sensitivity/i});
  await answer.waitFor();
  const chosen = /Full scale\s*([\d.]+ [nµm]?V)/.exec(await answer.innerText())?.[1] ?? 'nothing';
  expect(chosen).not.toBe('20 mV');
  await answer.getByRole('button', {name: 'Close'}).click();
  await range.getByText(chosen, {exact: true}).waitFor();

  // So is what another program sets.
  await askHost(app.url, '/instruments/set', {role: 'lockin', name: 'timeConstantS', value: 0.1});
  await page
    .getByRole('button', {name: /Time constant/})
    .getByText('100 ms')
    .waitFor();

  // An instrument that is away is shown as it was, and says so.
  await askHost(app.url, '/source/turn-off', {});
  await askHost(app.url, '/instruments/disconnect', {role: 'source'});
  const readings = page.getByRole('region', {name: 'Readings'});
  await readings.getByText(/source was off/).waitFor();
  await readings.getByText(/not connected/).waitFor();
  await page.getByText(/^RF was off \(not connected/).waitFor();
});

scenario('a bench with a multimeter shows what the meter declares, and no phase', async () => {
  const {app, window} = shared();
  const {page} = window;
  await reopenSmallBench(app.url, {speed: 100, detector: 'keithley-2000'});
  await benchIsOpen(page);
  const readings = page.getByRole('region', {name: 'Readings'});
  await readings.getByText('Voltage', {exact: true}).waitFor();
  await readings.getByText('1 PLC').waitFor();
  expect(await readings.getByText('theta').count()).toBe(0);
  await goTo(page, 'Bench');
  await page.getByText('Integration time').first().waitFor();
  await goTo(page, 'Scan');
  await startScan(page, 10, 2);
  await benchStatusWhen(app.url, ({run}) => run?.state === 'ended');
  await page.getByRole('img', {name: /^Voltage: 6 by 6 cells.* mV/}).waitFor();
  expect(await page.getByRole('radiogroup', {name: 'Quantity'}).innerText()).toBe('Voltage');
});

scenario('a reload in mid-run, and a second window, show the plan that is being measured', async ({open}) => {
  const {app, window} = shared();
  const {page} = window;
  await reopenSmallBench(app.url, {speed: 20});
  await benchIsOpen(page);
  // A width that is no multiple of the step says what will be measured.
  await planScan(page, 7, 2);
  await page.getByText('Width: 7 mm is no multiple of 2 mm: 6 mm will be measured, 4 columns.').waitFor();
  await startScan(page, 40, 0.5);
  // The run of the test before has points too, and a reload before the host has heard of this one would undo it.
  await benchStatusWhen(app.url, ({run}) => run?.state === 'running' && run.pointCount > 10);
  await page.reload();
  await pageShown(page, 'Scan');
  expect(await page.getByLabel('Width', {exact: true}).inputValue()).toBe('40');
  expect(await page.getByLabel('Step', {exact: true}).inputValue()).toBe('0.5');

  const {page: other} = await open(app.url);
  await goTo(other, 'Scan');
  await expect.poll(() => other.getByLabel('Width', {exact: true}).inputValue()).toBe('40');
  expect(await other.getByLabel('Step', {exact: true}).inputValue()).toBe('0.5');

  // While it rests its instruments are looked at.
  await page.getByRole('button', {name: 'Pause', exact: true}).click();
  await runIs(page, 'paused');
  const paused = await benchStatusWhen(app.url, ({run}) => run?.state === 'paused');
  await benchStatusWhen(app.url, ({lockin}) => (lockin?.utc ?? '') > (paused.lockin?.utc ?? ''));
  await askHost(app.url, '/run/stop', {});
});

scenario(
  'a condition set in the form suspends the run, is shown with its reason and time, and waits in the queue with it',
  async () => {
    const {app, window} = shared();
    const {page} = window;
    await reopenSmallBench(app.url, {speed: 50});
    await planScan(page, 4, 2);
    await page.getByRole('radio', {name: 'For this run'}).click();
    const panel = page.getByRole('region', {name: 'What suspends it'});
    await panel.getByRole('button', {name: /^Add a condition/}).click();
    await page.getByRole('menuitem', {name: 'Room on the disk'}).click();
    const condition = panel.getByRole('group', {name: 'Room on the disk'});
    // Out of range: nothing can be started.
    await typeNumber(page, 'Less than', 1e10);
    await condition.getByText('At most 1000000000 MB.').waitFor();
    expect(await page.getByRole('button', {name: 'Start scan'}).getAttribute('aria-disabled')).toBe('true');
    // No disk has as much room.
    await typeNumber(page, 'Less than', 9e8);
    await condition.getByRole('radio', {name: 'RF off'}).click();
    await page.getByRole('button', {name: 'Start scan'}).click();
    await runIs(page, 'suspended');
    await runBar(page)
      .getByText(/^since \d\d:\d\d:\d\d \(.+\): only \d+ MB are left for data$/)
      .waitFor();
    await runBar(page).getByText('suspended by: less than 900000000 MB left for data').waitFor();
    await panel
      .getByText(/^less than 900000000 MB left for data \(settles 30 s, RF off in pause\)$/)
      .waitFor();
    const {run, source} = await benchStatusWhen(app.url, ({run: now}) => now?.suspension !== null);
    expect(run).toMatchObject({state: 'paused', suspenders: [{when: 'disk-space', leastBytes: 9e14}]});
    expect(source?.isOutputOn).toBe(false);

    await page.getByRole('button', {name: 'Add to queue'}).click();
    await page.getByText('It waits in the queue.').waitFor();
    const {items} = await askHost<QueueState>(app.url, '/queue/state', {});
    expect(items.at(-1)).toMatchObject({state: 'waiting', job: {request: {suspenders: run?.suspenders}}});
    await askHost(app.url, '/queue/remove', {id: items.at(-1)?.id});

    // By the word of a person it goes on all the same.
    await runBar(page).getByRole('button', {name: 'Resume'}).click();
    await runIs(page, 'finished');
    expect(await benchStatus(app.url)).toMatchObject({run: {pointCount: 9, suspension: null}});
  },
);

// The shell ends with the program, and its window with it.
if (electronProgram === undefined)
  scenario('a program that is ended says so, and nothing goes on behind it', async () => {
    const {app, window} = shared();
    const {page, expectComplaints} = window;
    await benchIsOpen(page);
    expectComplaints(
      /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/,
    );
    await page.goto(new URL('/#/log?tab=about', app.url).href);
    await page.getByRole('button', {name: 'Make the bench safe and end'}).click();
    await page.getByText(/^The program ended at \d/).waitFor();
    await page.getByText(/What was open was made safe first/).waitFor();
    expect(await page.getByText('goes on by itself').count()).toBe(0);
  });

scenario(
  'a bench that cannot be opened says which instrument, and its path stays',
  async ({start, open, folder}) => {
    const app = await start({args: []});
    const {page} = await open(app.url);
    await page.getByRole('heading', {level: 1, name: 'Which bench?'}).waitFor();
    // While no bench is open the page Campaign plans nothing, and says nothing of what it is made of.
    const pages = page.getByRole('navigation', {name: 'Pages'});
    await pages.getByRole('link', {name: 'Campaign'}).click();
    await page.getByRole('heading', {level: 1, name: 'Which bench?'}).waitFor();
    expect(await page.getByText(/queryFn|skipToken/).count()).toBe(0);
    await pages.getByRole('link', {name: 'Bench'}).click();
    const path = `${folder()}/nobody.yaml`;
    const example = await readFile(new URL('../../benches/example.yaml', import.meta.url), 'utf8');
    await writeFile(path, example.replace('192.168.1.20', '127.0.0.1').replace('5025', '9'));
    const field = page.getByLabel('Path of the bench file, on the computer at the bench');
    await field.fill(path);
    await page.getByRole('button', {name: 'Open this bench'}).click();
    await page
      .getByText(/^The source \(scpi-source at 127\.0\.0\.1:9\) could not be connected: /)
      .first()
      .waitFor();
    expect(await field.inputValue()).toBe(path);
    expect(await page.getByText('--bench').count()).toBe(0);
  },
);
