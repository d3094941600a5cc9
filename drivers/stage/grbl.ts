import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {CallOptions, DeviceIdentity} from '../../src/contract/devices.ts';
import {defineDriver} from '../kit/index.ts';
import type {Link, LinkSettings, StageDriver} from '../kit/index.ts';
import {grblActions, grblColumns} from './grbl-actions.ts';
import {GrblController} from './grbl-controller.ts';
import {grblParameters} from './grbl-parameters.ts';
import {GrblStage} from './grbl-stage.ts';

/** USB serial; LF only, for a CR LF would be answered by two `ok`. An Uno resets when the port is opened. */
const link: LinkSettings = {
  style: 'streamed',
  baudRate: 115_200,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  sendTerminator: '\n',
  replyTerminator: '\r\n',
  dtr: 'leave',
  bootWaitMs: 4000,
  commandGapMs: 0,
  timeoutMs: 2000,
  quietMs: 40,
  maxLineBytes: 512,
  isResponse: (line) => line === 'ok' || /^error:/i.test(line),
};

function identityFrom(banner: string, build: readonly string[]): DeviceIdentity {
  const version = build.find((line) => line.startsWith('[VER:')) ?? '';
  const [, number = '', name = ''] = /^\[VER:([^:\]]*):?([^\]]*)\]/.exec(version) ?? [];
  const [product = '', release = ''] = banner.split(/\s+/);
  return {
    maker: product,
    model: `${product.toUpperCase() === 'GRBL' ? 'GRBL' : product} ${release}`,
    serialNumber: name,
    firmware: number === '' ? release : number,
    text: [banner, ...build.filter((line) => /^\[(VER|OPT):/.test(line))].join(' '),
  };
}

/** Waits for the controller, empties it, reads its version and settings. Nothing moves. */
export async function connectGrbl(
  link: Link,
  config: StageConfig,
  options: CallOptions = {},
): Promise<GrblStage> {
  const controller = new GrblController(link);
  await controller.greet(link.settings.bootWaitMs, options);
  const build = (await controller.command('$I', options)).pushed;
  const settings = await controller.readSettingTexts(options);
  // Other firmwares of the family lack some settings: a parameter is offered where the controller has it.
  const parameters = grblParameters.filter(({read}) => read !== undefined && settings.has(read));
  const stage = new GrblStage(controller, config, identityFrom(controller.banner, build), parameters);
  await stage.refresh(options);
  await stage.readPosition(options);
  return stage;
}

export const grbl = defineDriver<StageDriver>({
  name: 'grbl',
  kind: 'stage',
  model: 'GRBL 1.1h',
  title: 'XY(Z) stage on a GRBL 1.1 controller (USB serial); grblHAL and FluidNC where they agree',
  manual: 'gnea/grbl 1.1h, doc/markdown/interface.md, commands.md, settings.md, jogging.md, doc/csv',
  docs: 'docs/instruments/grbl.md',
  link,
  identity: "banner Grbl 1.1x ['$' for help] and the answer to $I",
  parameters: grblParameters,
  actions: grblActions,
  columns: grblColumns(['x', 'y', 'z']),
  connect: connectGrbl,
});
