import type {SourceConfig} from '../../src/contract/bench-file.ts';
import type {CallOptions} from '../../src/contract/devices.ts';
import {hasCode} from '../../src/contract/errors.ts';
import {connectByIdentity, defineDriver, ScpiWire, queryLine} from '../kit/index.ts';
import type {ConnectCall, Link, LinkSettings, SourceDriver} from '../kit/index.ts';
import {allParameters, dialects} from './scpi-dialects.ts';
import {scpiActions, scpiColumns} from './scpi-declaration.ts';
import {sendOutputOff} from './scpi-limits.ts';
import {ScpiSource} from './scpi-source.ts';

/** Raw socket 5025, one line a command, LF both ways. The baud rate counts for older instruments on RS-232. */
const link: LinkSettings = {
  ...queryLine,
  sendTerminator: '\n',
  replyTerminator: '\n',
  timeoutMs: 1000,
  quietMs: 50,
  maxLineBytes: 4096,
  tcpPort: 5025,
};

/** Identifies the maker's dialect, turns RF off and proves it, then clears old errors. */
export async function connectScpiSource(
  link: Link,
  config: SourceConfig,
  options: ConnectCall = {},
): Promise<ScpiSource> {
  const wire = new ScpiWire(link, 'source');
  return await connectByIdentity(
    link,
    {
      expected: `a synthesiser this driver knows (${dialects.map(({title}) => title).join('; ')})`,
      recognise: (answer) => dialects.find(({match}) => match.test(answer)),
      create: (identity, dialect) => new ScpiSource(wire, config, identity, dialect),
      prepare: async (source) => {
        // Some units come up as they were left, which may be with RF on.
        await source.turnOff(options);
        await link.send('*CLS', options);
        await findErrorQueue(wire, options);
      },
    },
    options,
  );
}

/** Empties the error queue, or notes that the instrument has none. */
async function findErrorQueue(wire: ScpiWire, options: CallOptions): Promise<void> {
  try {
    await wire.readErrors(options);
  } catch (error) {
    if (!hasCode(error, 'port/timeout')) throw error;
    wire.hasErrorQueue = false;
  }
}

export const scpiSource = defineDriver<SourceDriver>({
  name: 'scpi-source',
  kind: 'source',
  model: 'SCPI synthesiser with AMC chain',
  title:
    'SCPI RF synthesiser (Keysight, Rohde & Schwarz, Hittite) before an amplifier/multiplier chain (TCP 5025)',
  manual:
    'SCPI-1999; Keysight N51x1 and E8257D SCPI reference; R&S SGS100A manual; Hittite HMC-T2200 programmer guide',
  docs: 'docs/instruments/scpi-synth.md',
  link,
  identity: '*IDN? names Keysight, Agilent, Rohde & Schwarz or Hittite and a signal generator',
  parameters: allParameters,
  actions: scpiActions,
  columns: scpiColumns,
  sendSafeOrder: (own) => sendOutputOff(own),
  connect: connectScpiSource,
});
