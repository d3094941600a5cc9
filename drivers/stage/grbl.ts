import type {StageConfig} from '../../src/contract/bench-file.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {defineDriver, showText} from '../kit/index.ts';
import type {ConnectCall, Link, LinkSettings, StageDriver} from '../kit/index.ts';
import {grblActions, grblColumns} from './grbl-actions.ts';
import {GrblController, realtimeBytes} from './grbl-controller.ts';
import {assertSameGrbl, grblIdentityFrom, proveSameGrbl, readBuild} from './grbl-identity.ts';
import {grblParameters, offeredParameters} from './grbl-parameters.ts';
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

/** GRBL 1.1 of its makers; grblHAL, FluidNC and others name themselves in the banner or in `$I`. */
const isGrblItself = (banner: string, build: readonly string[]): boolean =>
  /^grbl 1\.1\w? /i.test(banner) &&
  !/fluidnc/i.test(banner) &&
  !build.some((line) => /^\[FIRMWARE:/i.test(line));

/**
 * Waits for the controller, empties it, reads its version and settings. Nothing moves. With `options.known` it is asked who it is
 * before anything else.
 */
export async function connectGrbl(
  link: Link,
  config: StageConfig,
  options: ConnectCall = {},
): Promise<GrblStage> {
  const {known} = options;
  const controller = new GrblController(link);
  if (known) await proveSameGrbl(link, known, options);
  await controller.greet(link.settings.bootWaitMs, options);
  const build = await readBuild(controller, options);
  const identity = grblIdentityFrom(controller.banner, build);
  if (known) assertSameGrbl(known, identity, link);
  const settings = await controller.readSettingTexts(options);
  const {parameters, problem} = offeredParameters(settings, isGrblItself(controller.banner, build));
  const missing =
    settings.size === 0
      ? 'it answers $$ without a single setting of the form $100=..., and so tells neither unit, speed nor travel'
      : problem;
  if (missing !== '')
    throw new BenchError(
      'device/wrong-instrument',
      `The ${controller.from} (${showText(controller.banner)}) speaks as GRBL does, but ${missing}. Its lines arrive well, so that ` +
        'cable and baud rate are right. Nothing was set and nothing moved; correct that setting with its own program, or use firmware that lists it.',
      {details: {port: link.name, banner: controller.banner}},
    );
  const stage = new GrblStage(controller, config, identity, parameters);
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
  // A jog, a move and what waits behind them end at a feed hold; the reset after it empties the buffers.
  async sendSafeOrder(own) {
    own.realtime(realtimeBytes.feedHold);
  },
  connect: connectGrbl,
});
