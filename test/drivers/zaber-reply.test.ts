import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ReplyCollector, zaberChecksum} from '../../drivers/mount/zaber-reply.ts';
import type {RepeatedQuestion} from '../../src/contract/devices.ts';
import {formatZaberReply} from '../../src/virtual/instruments/zaber-message.ts';
import {configWith, fourAxes, runZaber, setUp, step} from './zaber-fixture.ts';

describe('replies that are longer than a packet', () => {
  it('takes a reply of several lines for the one that it is, and a piece of it for none', async () => {
    const flags = 'WR NI NC ND NR NT NU NJ';
    const sealed = (type: string, body: string): string => `${type}${body}:${zaberChecksum(body)}`;
    const part = (id: number, type: string, text: string): string => sealed(type, `01 0 ${id} ${text}`);
    await runZaber(
      [
        step(
          '1 0 10 warnings',
          [
            part(98, '#', 'cont of an earlier reply'),
            part(98, '@', 'OK IDLE WR another one'),
            '@01 0 10 OK IDLE WR 08 WR NI\\',
            '#01 0 an aside',
            '!01 1 IDLE WR',
            '#01 0 10 cont NC ND\\',
            '#01 0 10 cont NR NT NU NJ',
          ].join('\r\n'),
        ),
        // Damaged in its second line, then without one: asked again each time.
        step('1 0 11 get pos', `${part(11, '@', 'OK IDLE WR 2100 0\\')}\r\n#01 0 11 cont 7:00`),
        step('1 0 12 get pos', part(12, '@', 'OK IDLE WR 2100 0\\')),
        step('1 0 13 get pos', `${part(13, '@', 'OK IDLE WR 2100 0\\')}\r\n${part(13, '#', 'cont 7')}`),
        step('1 1 14 warnings', '@01 1 14 OK IDLE WR 01 WR'),
        step('1 0 15 warnings', `@01 0 15 OK IDLE WR 08\\\r\n#01 0 15 cont ${flags}`),
        step('1 0 16 get pos', '@01 0 16 OK IDLE WR 2100 0\\\r\n#01 0 16 cont 7'),
      ],
      async (mount) => {
        const why: string[] = [];
        const onRepeat = (repeat: RepeatedQuestion): void => void why.push(`${repeat.asked} ${repeat.why}`);
        expect(await mount.readOffset(1, {onRepeat})).toEqual({dxMm: 0.1000125});
        expect(why).toEqual(['get pos damaged', 'get pos silent']);
        expect(await mount.readOffset(1)).toEqual({dxMm: 0.1000125});
      },
    );
  });

  it('puts replies together as the device has split them, whatever the length of its lines', () => {
    const word = fc.stringMatching(/^[A-Z0-9.-]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(word, {minLength: 1, maxLength: 30}),
        fc.integer({min: 24, max: 80}),
        fc.boolean(),
        fc.integer({min: 0, max: 99}),
        (words, packetSize, hasChecksum, id) => {
          const data = words.join(' ');
          const text = formatZaberReply(
            {address: 3, axis: 0, id, isOk: true, isBusy: false, warning: 'WR', data},
            {hasChecksum, packetSize},
          );
          const lines = text.split('\r\n').slice(0, -1);
          const collector = new ReplyCollector({address: 3, axis: 0, id});
          expect(lines.map((line) => collector.take(line))).toEqual(
            lines.map((_, i) => (i === lines.length - 1 ? true : 'part')),
          );
          expect(collector.reply).toMatchObject({data, isBusy: false, isRejected: false, warning: 'WR'});
        },
      ),
    );
  });

  it('is read and moved where the device breaks its replies into short lines', async () => {
    const {chain, mount} = await setUp(configWith([fourAxes(1), fourAxes(2)]));
    for (const device of chain.devices) device.packetSize = 24;
    const moved = await mount.moveTo(2, {dxMm: 1, dyMm: -1, dzMm: 0.5, rotationDeg: -1});
    expect(moved).toMatchObject({
      dxMm: expect.closeTo(1, 4) as number,
      dyMm: expect.closeTo(-1, 4) as number,
    });
    expect(chain.devices[1].axes[0].offset).toBeCloseTo(1, 4);
    expect((await mount.readStates()).map(({problem}) => problem)).toEqual(['', '']);
  });
});
