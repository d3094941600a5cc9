import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {startHostOn, stopSentWithinMs, until, type HostOnBench} from '../bench-service/bench-fixture.ts';
import type {InstrumentName} from '../../../src/virtual/instrument-list.ts';
import {scanDisturbed, speed, startWatchedBench, type WatchedBench} from './watched-bench.ts';

let at: WatchedBench;
beforeAll(async () => {
  at = await startWatchedBench();
});
afterAll(() => at[Symbol.asyncDispose]());

const isOn = (): boolean => at.virtual.source.core.rf.isOutputOn;
const roles = {'scpi-source': 'source', sr830: 'lockin', grbl: 'stage', zaber: 'mount'} as const;

describe('a line that ends during a run, as at the command line', () => {
  it.for(Object.entries(roles) as [InstrumentName, string][])(
    'ends the run at once, by the name of the instrument, with RF off: %s',
    async ([name, role]) => {
      await using bench = await at.open();
      const {stop, outcome} = await scanDisturbed(at, bench, async () => {
        await at.cut(name);
        // Somebody puts the plug back while it is being sought.
        setTimeout(() => void at.plugIn(name), 800);
      });
      expect(stop.exit_status).toBe('fail');
      expect(stop.reason).toMatch(new RegExp(`The line of the ${role} ended`));
      expect(outcome.endedEarly?.code).toBe('port/closed');
      expect(stop.doubtful?.points['primary']?.[1]).toBe(stop.num_events['primary']);
      expect(stop.num_events['primary']).toBeLessThan(12);
      expect(isOn()).toBe(false);
      await sleepMs(900);
    },
  );

  // The lock-in, whose every reading is a question, is tried with the other questions that are lost.
  it.for(['scpi-source', 'grbl'] as const)(
    'ends the run as well when nothing is answered over an open line: %s',
    async (name) => {
      const bench = await at.open();
      const {stop, outcome} = await scanDisturbed(at, bench, () => at.silence(name, true));
      at.silence(name, false);
      expect(stop.exit_status).toBe('fail');
      expect(stop.reason).toMatch(/did not answer|sent no status report|could not be proven at rest/);
      expect(stop.num_events['primary']).toBeLessThan(25);
      if (name === 'scpi-source')
        expect(outcome.endedEarly?.message).toMatch(
          /RF of the source.* could not be proven off.*front panel/,
        );
      else expect(isOn()).toBe(false);
      // It has come to itself: closing the bench proves RF off.
      await bench[Symbol.asyncDispose]();
      expect(isOn()).toBe(false);
    },
  );

  it('says that RF could not be proven off, and what to do, when the source stays away', async () => {
    const bench = await at.open();
    const {outcome} = await scanDisturbed(at, bench, () => at.cut('scpi-source'));
    expect(outcome.endedEarly?.message).toMatch(/RF of the source.* could not be proven off.*front panel/);
    expect(isOn()).toBe(true);
    // Whoever closes the bench is not told that all is well either.
    await expect(bench[Symbol.asyncDispose]()).rejects.toThrow(/could not be proven off/);
    await at.plugIn('scpi-source');
    at.say('scpi-source', 'OUTP OFF');
  });
});

describe('STOP and a source whose line was cut', () => {
  let host: HostOnBench;
  afterEach(() => host[Symbol.asyncDispose]());

  const openAndTurnOn = async (): Promise<void> => {
    host = await startHostOn(() => Promise.resolve(at.handle));
    await host.api.bench.open({kind: 'virtual', speed});
    await host.api.stage.home();
    await host.api.source.turnOn({});
    expect(isOn()).toBe(true);
  };

  it('connects it again when the line is back and turns RF off', async () => {
    await openAndTurnOn();
    await at.cut('scpi-source');
    await at.plugIn('scpi-source');
    const halt = await host.api.app.halt({});
    expect(halt.problems).toEqual([]);
    expect(halt.sentence).toContain('RF is proven off');
    expect(halt.sentMs).toBeLessThan(stopSentWithinMs);
    expect(isOn()).toBe(false);
  });

  it('stops the others first and says what to do when it stays away; closing the bench tries again', async () => {
    await openAndTurnOn();
    const moving = host.api.stage.moveTo({targetMm: {x: -49, y: -49}}).catch(() => undefined);
    await until(() => at.virtual.stage.axes.motion.isMoving);
    await at.cut('scpi-source');
    let isAnswered = false;
    const halting = host.api.app.halt({}).finally(() => (isAnswered = true));
    await until(() => !at.virtual.stage.axes.motion.isMoving);
    // While the source is still being sought.
    expect(isAnswered).toBe(false);
    const halt = await halting;
    await moving;
    expect(halt.sentMs).toBeLessThan(stopSentWithinMs);
    expect(halt.sentence).toContain('The stage stands');
    expect(halt.problems.join(' ')).toMatch(/RF of the source.* could not be proven off.*front panel/);
    expect(isOn()).toBe(true);
    await at.plugIn('scpi-source');
    expect(await host.api.bench.close()).toEqual({problems: []});
    expect(isOn()).toBe(false);
  });

  it('proves the stage at rest over a new line', async () => {
    await openAndTurnOn();
    await at.cut('grbl');
    await at.plugIn('grbl');
    const halt = await host.api.app.halt({});
    expect(halt.problems).toEqual([]);
    expect(halt.sentence).toMatch(/^The stage stands.*RF is proven off/);
  });

  it('turns RF off by itself when another program sets a level above the limit, and shows the true one', async () => {
    await openAndTurnOn();
    at.say('scpi-source', 'POW 20 DBM');
    await until(() => !isOn());
    const {source} = await until(async () => {
      const status = await host.api.bench.status({});
      return status.source?.isOutputOn === false && status;
    });
    expect(source).toMatchObject({isOutputOn: false, powerDbm: 20});
    const {entries} = await host.api.app.log({});
    expect(
      entries.some(({text, level}) => level === 'error' && text.includes('above the limit of 13 dBm')),
    ).toBe(true);
  });
});
