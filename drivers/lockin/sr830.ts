import type {DetectorConfig} from '../../src/contract/bench-file.ts';
import type {CallOptions} from '../../src/contract/devices.ts';
import {hasCode} from '../../src/contract/errors.ts';
import {connectDetector, defineDriver, queryLine} from '../kit/index.ts';
import type {ConnectCall, DetectorDriver, Link, LinkSettings} from '../kit/index.ts';
import {sr830Actions} from './sr830-actions.ts';
import {sr830Declaration} from './sr830-declaration.ts';
import {Sr830} from './sr830-device.ts';
import type {Sr830Options} from './sr830-device.ts';
import {sr830Parameters} from './sr830-parameters.ts';
import {Sr830Wire} from './sr830-wire.ts';

/** RS-232: reply ends with CR, baud rate and parity as set at the front panel; no echo, no prompt. */
const link: LinkSettings = {
  ...queryLine,
  sendTerminator: '\r',
  replyTerminator: '\r',
  timeoutMs: 1000,
  quietMs: 100,
  maxLineBytes: 400_000,
};

/** Without OUTX 0 the replies leave by GPIB and nothing at all is heard here. */
async function askIdentity(link: Link, options: CallOptions): Promise<string> {
  await link.send('OUTX 0', options);
  try {
    return await link.query('*IDN?', options);
  } catch (error) {
    if (!hasCode(error, 'port/timeout')) throw error;
    // The rest of another program's line may have swallowed the first OUTX 0; asking twice does no harm.
    await link.send('OUTX 0', options);
    return link.query('*IDN?', options);
  }
}

/** Opens the dialogue: replies to RS-232, the right instrument, its present settings, the bench file's settings. */
export async function connectSr830(
  link: Link,
  config: DetectorConfig,
  options: ConnectCall & Sr830Options = {},
): Promise<Sr830> {
  const wire = new Sr830Wire(link);
  return await connectDetector(
    link,
    config,
    {
      expected: 'a Stanford Research SR830',
      recognise: (answer) => (/SR830/i.test(answer) ? 'SR830' : undefined),
      ask: () => askIdentity(link, options),
      create: (identity) => new Sr830(wire, config, identity, options),
      prepare: async (device) => {
        await device.refresh(options);
      },
    },
    options,
  );
}

export const sr830 = defineDriver<DetectorDriver>({
  name: 'sr830',
  kind: 'detector',
  model: 'SR830',
  title: 'Stanford Research SR830 DSP lock-in amplifier (RS-232)',
  manual: 'SR830 DSP Lock-In Amplifier manual, chapter 5 Remote Programming',
  docs: 'docs/instruments/sr830.md',
  link,
  identity: '*IDN? answers Stanford_Research_Systems,SR830,...',
  parameters: sr830Parameters,
  mainParameters: [
    'sensitivityV',
    'timeConstantS',
    'slopeDbPerOctave',
    'reserve',
    'referencePhaseDeg',
    'harmonic',
  ],
  actions: sr830Actions,
  columns: sr830Declaration.columns,
  declaration: sr830Declaration,
  connect: connectSr830,
});
