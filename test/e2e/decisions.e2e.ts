import {expect} from 'vitest';
import type {Locator} from 'playwright-core';
import {benchIsOpen, benchStatusWhen, runIs, startScan} from './acts.ts';
import {askHost} from './app.ts';
import {scenario} from './scenario.ts';

scenario(
  'settings that change what readings mean, and an overload, wait for a person with the buttons that mend them',
  async ({startOn, open}) => {
    const app = await startOn({speed: 30});
    const {page} = await open(app.url);
    await benchIsOpen(page);
    const dialog = (title: string): Locator => page.getByRole('dialog', {name: title});
    const setting = (name: string, value: number): Promise<unknown> =>
      askHost(app.url, '/instruments/set', {role: 'lockin', name, value});
    await setting('harmonic', 2);
    await setting('sensitivityV', 1e-6);

    await startScan(page, 2, 1);
    const settings = dialog('Settings that change what readings mean');
    await settings.getByRole('row', {name: /lockin: Detection harmonic\s*2\s*1/}).waitFor();
    await settings.getByRole('button', {name: 'Set the safe values'}).click();

    const overload = dialog('Overload');
    await overload.getByText(/waits at point 1/).waitFor();
    expect(await overload.getByRole('button').allTextContents()).toEqual(
      expect.arrayContaining([
        'Choose the range here',
        'Go on: read again as it is',
        'Stop the run',
      ]) as string[],
    );
    const first = (await benchStatusWhen(app.url, ({prompt}) => prompt?.kind === 'overload')).prompt?.id;
    await overload.getByRole('button', {name: 'Choose the range here'}).click();
    // A brighter point may be beyond the new range, too.
    const later = await benchStatusWhen(
      app.url,
      ({run, prompt}) => (prompt !== null && prompt.id !== first) || run?.state === 'ended',
    );
    if (later.prompt) await overload.getByRole('button', {name: 'Stop the run'}).click();
    const {run} = await benchStatusWhen(app.url, (status) => status.run?.state === 'ended');
    expect(run?.pointCount).toBeGreaterThan(0);
    await runIs(page, run?.exitStatus === 'success' ? 'finished' : 'stopped');
  },
);
