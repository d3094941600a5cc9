import {describe, expect, it} from 'vitest';
import fc from 'fast-check';
import {configWith, setUp} from './grbl-fixture.ts';

const halBanner = "GrblHAL 1.1f ['$' or '$HELP' for help]";
/** As it ships: bit masks, texts, settings of its own. */
const halSettings = {
  $0: '10.0',
  $1: '25',
  $2: '0',
  $3: '0',
  $4: '7',
  $5: '7',
  $6: '0',
  $10: '511',
  $13: '0',
  $20: '1',
  $21: '3',
  $22: '5',
  $23: '3',
  $32: '2',
  $37: '0',
  $40: '1',
  $70: '7',
  $73: '',
  $300: 'grblHAL',
  $302: '192.168.5.1',
  $384: '0',
  $481: '0',
};

describe('GRBL: firmwares of the family', () => {
  it('takes the bit masks that grblHAL ships for what they are', async () => {
    const {stage} = await setUp({banner: halBanner, settings: halSettings}, configWith({homeAtStart: false}));
    expect(await stage.readSettings()).toMatchObject({
      isEnablePinInverted: true,
      areLimitPinsInverted: true,
      isProbePinInverted: false,
      areSoftLimitsOn: true,
      areHardLimitsOn: true,
      isHomingOn: true,
      statusReportMask: 511,
      stepPulseS: 1e-5,
    });
    await stage.moveTo({x: -1});
    await stage.home();
    // Written as 1 the mask would lose its other bits.
    await expect(stage.set('isHomingOn', false)).rejects.toMatchObject({code: 'device/refused'});
    expect(await stage.set('xMaximumMmPerMin', 600)).toBe(600);
  });

  it('names a firmware that names itself, and one that knows no $I', async () => {
    const {stage} = await setUp({
      banner: "Grbl 1.1f ['$' or '$HELP' for help]",
      settings: halSettings,
      build: [
        '[VER:1.1f.20240330:]',
        '[OPT:VNMGL,35,1024,3,0]',
        '[AXS:3:XYZ]',
        '[FIRMWARE:grblHAL]',
        '[BOARD:X]',
        'ok',
      ],
    });
    expect(stage.identity).toMatchObject({maker: 'grblHAL', firmware: '1.1f.20240330'});
    expect(stage.parameters.find(({name}) => name === 'isHomingOn')?.isReadOnly).toBe(true);
    const silent = await setUp({build: ['error:3']});
    expect(silent.stage.model).toBe('GRBL 1.1h');
    expect(silent.stage.parameters.find(({name}) => name === 'isHomingOn')?.isReadOnly).toBe(false);
  });

  it('connects whatever stands in settings that it does not need', async () => {
    const needed = ['$13'];
    const keys = Object.keys(halSettings).filter((key) => !needed.includes(key));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...keys, '$100', '$110', '$120', '$130', '$27'),
        fc.constantFrom('', 'abc', '-1', '7.5', 'NaN', '1,2', '99999999999', '0x7', 'on'),
        async (key, text) => {
          const {stage} = await setUp({banner: halBanner, settings: {...halSettings, [key]: text}});
          await stage.moveTo({x: -2});
        },
      ),
      {numRuns: 25, endOnFailure: true},
    );
  });

  it.each([
    ['a unit that cannot be read', {settings: {$13: 'cm'}}, /\$13 \(unit of reports\) reads "cm"/],
    [
      'no numbered settings at all',
      {listing: ['$/axes/x/steps_per_mm=80.000', 'ok']},
      /\$\$ without a single setting/,
    ],
  ])('refuses %s with what is missing, and does not blame the cable', async (_, options, words) => {
    const refused = await setUp({banner: "Grbl 3.7 [FluidNC v3.7.8 (wifi) '$' for help]", ...options}).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refused).toMatchObject({code: 'device/wrong-instrument'});
    expect(refused?.message).toMatch(words);
    expect(refused?.message).toMatch(/cable and baud rate are right/);
    expect(refused?.message).not.toMatch(/check/i);
  });
});
