import type {MountConfig} from '../../src/contract/bench-file.ts';
import {defineDriver} from '../kit/index.ts';
import type {ConnectCall, Link, LinkSettings, MountDriver} from '../kit/index.ts';
import {mountPlatesFrom} from './mount-axes.ts';
import {mountActions} from './mount-by-name.ts';
import {chainText, identifyZaber, proveSameChain, type ZaberIdentity} from './zaber-identity.ts';
import {ZaberReader} from './zaber-reader.ts';
import {ZaberMount} from './zaber-mount.ts';
import {isZaberResponse} from './zaber-reply.ts';
import {ZaberTrust} from './zaber-trust.ts';
import {sendStopAll, ZaberWire} from './zaber-wire.ts';

/** ASCII protocol of firmware 6 and 7: 115200 8N1, LF ends a command, CR LF a reply; alerts and info lines interleave. */
const link: LinkSettings = {
  style: 'streamed',
  baudRate: 115_200,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  sendTerminator: '\n',
  replyTerminator: '\r\n',
  dtr: 'leave',
  bootWaitMs: 0,
  commandGapMs: 0,
  timeoutMs: 500,
  quietMs: 30,
  maxLineBytes: 512,
  tcpPort: 55_550,
  isResponse: isZaberResponse,
};

/**
 * Finds every plate's device and reads what its motion depends on. Nothing moves and nothing is set. With `options.known`
 * the devices are asked who they are before anything else.
 */
export async function connectZaber(
  link: Link,
  config: MountConfig,
  options: ConnectCall = {},
): Promise<ZaberMount> {
  const plates = mountPlatesFrom(config);
  const wire = new ZaberWire(link);
  if (options.known) await proveSameChain(wire, options.known, plates, options);
  // Ends whatever another program has left half-written; an empty line is no command.
  await link.send('', options);
  const found: ZaberIdentity[] = [];
  for (const plate of plates) found.push(await identifyZaber(wire, plate, options));
  const trust = new ZaberTrust(plates);
  const reader = new ZaberReader(wire, trust);
  for (const plate of plates) await reader.readMicrosteps(plate, options);
  const identity = {
    maker: 'Zaber',
    model: 'ASCII chain',
    serialNumber: '',
    firmware: [...new Set(found.map(({firmware}) => firmware))].filter((text) => text !== '').join(', '),
    text: chainText(found.map(({text}) => text)),
  };
  return new ZaberMount(wire, config, {
    plates,
    identity,
    dynamics: found.map(({dynamics}) => dynamics),
    firmware: found.map(({firmware}) => firmware),
    reader,
    trust,
  });
}

export const zaber: MountDriver = defineDriver({
  name: 'zaber',
  kind: 'mount',
  model: 'Zaber ASCII',
  title: 'Plate mounts on a chain of Zaber controllers (ASCII protocol, firmware 6 and 7)',
  manual: 'Zaber ASCII Protocol Manual, firmware 6 and 7',
  docs: 'docs/instruments/zaber.md',
  identity:
    '/ answers @AA 0 OK ... for every device; get version, device.id (firmware 7) or deviceid (firmware 6)',
  link,
  // Which plates and axes there are is known only from the bench file: see the connected mount.
  parameters: [],
  columns: [],
  actions: mountActions,
  async sendSafeOrder(own) {
    sendStopAll(own);
  },
  connect: connectZaber,
});
