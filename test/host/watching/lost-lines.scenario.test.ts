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

/** For what is only over when every question has waited its time and been asked again: three tenths of each time. */
const shortTimes = {timeoutScale: 0.3} as const;

const isOn = ({virtual}: WatchedBench = at): boolean => virtual.source.core.rf.isOutputOn;
const roles = {'scpi-source': 'source', sr830: 'lockin', grbl: 'stage', zaber: 'mount'} as const;

describe('a line that ends during a run, as at the command line', () => {
  it.for(Object.entries(roles) as [InstrumentName, string][])(
    'ends the run at once, by the name of the instrument, with RF off: %s',
    async ([name, role]) => {
      await using bench = await at.open();
      let pluggedIn: Promise<void> | undefined;
      const {stop, outcome} = await scanDisturbed(at, bench, async () => {
        await at.cut(name);
        // Somebody puts the plug back while it is being sought.
        pluggedIn = sleepMs(800).then(() => at.plugIn(name));
      });
      expect(stop.exit_status).toBe('fail');
      expect(stop.reason).toMatch(new RegExp(`The line of the ${role} ended`));
      expect(outcome.endedEarly?.code).toBe('port/closed');
      expect(stop.doubtful?.points['primary']?.[1]).toBe(stop.num_events['primary']);
      expect(stop.num_events['primary']).toBeLessThan(12);
      expect(isOn()).toBe(false);
      await pluggedIn;
    },
  );
});

// Each on a bench of its own and all at a time: what they do is wait for instruments that stay silent.
describe.concurrent('an instrument that stays away, as at the command line', () => {
  // The lock-in, whose every reading is a question, is tried with the other questions that are lost.
  it.for(['scpi-source', 'grbl'] as const)(
    'ends the run as well when nothing is answered over an open line: %s',
    async (name) => {
      await using own = await startWatchedBench();
      const bench = await own.open(shortTimes);
      const {stop, outcome} = await scanDisturbed(own, bench, () => own.silence(name, true));
      own.silence(name, false);
      expect(stop.exit_status).toBe('fail');
      expect(stop.reason).toMatch(/did not answer|sent no status report|could not be proven at rest/);
      expect(stop.num_events['primary']).toBeLessThan(25);
      if (name === 'scpi-source')
        expect(outcome.endedEarly?.message).toMatch(
          /RF of the source.* could not be proven off.*front panel/,
        );
      else expect(isOn(own)).toBe(false);
      // It has come to itself: closing the bench proves RF off.
      await bench[Symbol.asyncDispose]();
      expect(isOn(own)).toBe(false);
    },
  );

  it('says that RF could not be proven off, and what to do, when the source stays away', async () => {
    await using own = await startWatchedBench();
    const bench = await own.open(shortTimes);
    const {outcome} = await scanDisturbed(own, bench, () => own.cut('scpi-source'));
    expect(outcome.endedEarly?.message).toMatch(/RF of the source.* could not be proven off.*front panel/);
    expect(isOn(own)).toBe(true);
    // Whoever closes the bench is not told that all is well either.
    await expect(bench[Symbol.asyncDispose]()).rejects.toThrow(/could not be proven off/);
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
