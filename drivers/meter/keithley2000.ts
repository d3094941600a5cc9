import type {DetectorConfig} from '../../src/contract/bench-file.ts';
import {askAgain, connectDetector, defineDriver, queryLine, ScpiWire} from '../kit/index.ts';
import type {ConnectCall, DetectorDriver, Link, LinkSettings} from '../kit/index.ts';
import {Keithley2000} from './keithley2000-device.ts';
import {
  keithley2000Actions,
  keithley2000Declaration,
  keithley2000Parameters,
} from './keithley2000-parameters.ts';

/** RS-232 as set at the front panel: 9600 baud, TX TERM LF (or CRLF, whose CR is dropped); no echo. */
const link: LinkSettings = {
  ...queryLine,
  sendTerminator: '\n',
  replyTerminator: '\n',
  timeoutMs: 1500,
  quietMs: 100,
  maxLineBytes: 4096,
};

/** Opens the dialogue: the right instrument, old errors cleared, one reading a question, the bench file's settings. */
export async function connectKeithley2000(
  link: Link,
  config: DetectorConfig,
  options: ConnectCall = {},
): Promise<Keithley2000> {
  const wire = new ScpiWire(link, 'meter');
  const ask = (): Promise<string> => link.query('*IDN?', options);
  return await connectDetector(
    link,
    config,
    {
      expected: 'a Keithley 2000 multimeter',
      recognise: (answer) => (/keithley.*model 2000/i.test(answer) ? 'Model 2000' : undefined),
      ask: () => askAgain(link, '*IDN?', ask, options),
      create: (identity) => new Keithley2000(wire, config, identity),
      prepare: async (device) => {
        await link.send('*CLS', options);
        await device.prepare(options);
      },
    },
    options,
  );
}

export const keithley2000 = defineDriver<DetectorDriver>({
  name: 'keithley-2000',
  kind: 'detector',
  model: 'Model 2000',
  title: 'Keithley 2000 multimeter behind a power detector (RS-232)',
  manual: "Model 2000 Multimeter User's Manual (2000-900-01), sections 3 to 5",
  docs: 'docs/instruments/keithley-2000.md',
  link,
  identity: '*IDN? answers KEITHLEY INSTRUMENTS INC.,MODEL 2000,...',
  parameters: keithley2000Parameters,
  mainParameters: ['rangeV', 'integrationPlc', 'isFilterOn', 'filterCount'],
  actions: keithley2000Actions,
  declaration: keithley2000Declaration,
  columns: keithley2000Declaration.columns,
  connect: connectKeithley2000,
});
