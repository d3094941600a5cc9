import {fileURLToPath} from 'node:url';
import {resolve} from 'node:path';
import {realpathSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {numberFrom} from '../base/number-text.ts';
import {programRootUrl} from '../base/module-url.ts';
import {BenchError, benchErrorFrom} from '../contract/errors.ts';
import {createBench, findDesign, type InProcessBench} from './bench.ts';
import type {VirtualInstrument} from './byte-line.ts';
import {controlCommands, controlUsage, runControlCommand} from './control-client.ts';
import {openControlSocket} from './control-socket.ts';
import type {ControlCall, ControlMessage, ControlResult, DetectorEntry, InstrumentEntry} from './control.ts';
import {executeCall} from './execute-call.ts';
import {
  defaultDetector,
  detectorNames,
  instrumentNames,
  virtualDetectors,
  type DetectorName,
  type InstrumentName,
} from './instrument-list.ts';
import {processOwner, type Owner} from './owner.ts';
import {zaberFirmwareFrom, zaberFirmwares, type ZaberFirmware} from './instruments/zaber-firmware.ts';
import {openPort} from './port.ts';
import type {VirtualPort} from './virtual-port.ts';
import type {ProfileName} from './profiles.ts';
import {readSceneSettings} from './scene-overrides.ts';
import {defaultSceneSettings, type SceneSettings} from './scene-settings.ts';
import {revealScene} from './scene-truth.ts';
import {parseDesign} from '../twin/design/load.ts';
import {readFileSync} from 'node:fs';

const otherInstruments: readonly InstrumentName[] = ['grbl', 'scpi-source'];
const shippedDesign = fileURLToPath(new URL('designs/digits', programRootUrl(import.meta.url)));

export const virtualUsage = `virtual: starts virtual instruments that any program can open, in power-on state.

  --instruments LIST   some of ${instrumentNames.join(',')} (default: a detector,${otherInstruments.join(',')})
  --detector NAME      the detector of the default list: ${detectorNames.join(', ')} (default ${defaultDetector})
  --mounts             a motorised mount under each plate as well: zaber
  --mount-firmware V   of the mounts: ${zaberFirmwares.join(', ')} (default 7.35)
  --seed N             draws the hidden errors of the bench (default 1)
  --speed X            bench time per real time, or "instant" for no physical delay (default 1)
  --noise on|off       noise of the detector (default on)
  --design DIR         plates on the bench (default: designs/digits; a plain spot where there is none)
  --profile NAME       power-on: the stage as its maker ships it; bench: as the campaign uses it (default power-on)
  --tcp                serial instruments behind TCP ports too
  --json               one line of JSON with the ports on stdout
  --scene JSON|FILE    settings of the scene that differ from the shipped ones, e.g. '{"plates": {"lateralMm": 0.4}}'
  --reveal             prints the hidden errors of the seed and exits

${controlUsage}`;

interface Arguments {
  readonly instruments: readonly InstrumentName[];
  readonly hasMounts: boolean;
  readonly mountFirmware: ZaberFirmware | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly hasNoise: boolean;
  readonly designFolder: string | undefined;
  readonly profile: ProfileName;
  readonly settings: SceneSettings;
  readonly isJson: boolean;
  readonly isReveal: boolean;
  readonly prefersTcp: boolean;
  readonly wantsHelp: boolean;
}

const usageError = (message: string): BenchError =>
  new BenchError('cli/usage', `${message} Nothing was started.`);

/** The one of `names` that is written. Throws `cli/usage` for another. */
function named<Name extends string>(option: string, written: string, names: readonly Name[]): Name {
  const known = names.find((name) => name === written);
  if (known === undefined)
    throw usageError(`${option} ${written} is unknown: choose from ${names.join(', ')}.`);
  return known;
}

function parseArguments(argv: readonly string[]): Arguments {
  const {values} = readOptions(argv);
  const detector = named('--detector', values.detector ?? defaultDetector, detectorNames);
  const names = (values.instruments ?? [detector, ...otherInstruments].join(','))
    .split(',')
    .map((name) => name.trim());
  if (values.mounts) names.push('zaber');
  const instruments = [...new Set(names)].map((name) => named('--instruments', name, instrumentNames));
  const seed = numberFrom(values.seed ?? 1);
  if (!Number.isSafeInteger(seed)) throw usageError(`--seed must be a whole number, not ${values.seed}.`);
  const speed = /^(instant|inf(inity)?)$/i.test(values.speed ?? '')
    ? Infinity
    : numberFrom(values.speed ?? 1);
  if (!(speed > 0)) throw usageError(`--speed must be a number above 0 or "instant", not ${values.speed}.`);
  const noise = values.noise ?? 'on';
  if (noise !== 'on' && noise !== 'off') throw usageError(`--noise must be on or off, not ${noise}.`);
  const profile = values.profile ?? 'power-on';
  if (profile !== 'bench' && profile !== 'power-on')
    throw usageError(`--profile must be bench or power-on, not ${profile}.`);
  if (values.design !== undefined && !findDesign(values.design))
    throw new BenchError(
      'file/not-found',
      `There is no design.json in ${values.design}; nothing was started.`,
    );
  const designFolder = values.design ?? findDesign(shippedDesign);
  const hasMounts = instruments.includes('zaber');
  if (hasMounts && designFolder === undefined)
    throw usageError('Mounts carry plates, and without a design (--design DIR) the bench has none.');
  const wantedFirmware = values['mount-firmware'];
  const mountFirmware = wantedFirmware === undefined ? undefined : zaberFirmwareFrom(wantedFirmware);
  if (wantedFirmware !== undefined && mountFirmware === undefined)
    throw usageError(
      `--mount-firmware ${wantedFirmware} is unknown: choose from ${zaberFirmwares.join(', ')}.`,
    );
  return {
    instruments,
    hasMounts,
    mountFirmware,
    seed,
    speed,
    hasNoise: noise === 'on',
    designFolder,
    profile,
    settings: values.scene === undefined ? defaultSceneSettings : readSceneSettings(values.scene),
    isJson: values.json ?? false,
    isReveal: values.reveal ?? false,
    prefersTcp: values.tcp ?? false,
    wantsHelp: values.help ?? false,
  };
}

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        instruments: {type: 'string'},
        detector: {type: 'string'},
        mounts: {type: 'boolean'},
        'mount-firmware': {type: 'string'},
        seed: {type: 'string'},
        speed: {type: 'string'},
        noise: {type: 'string'},
        design: {type: 'string'},
        profile: {type: 'string'},
        tcp: {type: 'boolean'},
        json: {type: 'boolean'},
        scene: {type: 'string'},
        reveal: {type: 'boolean'},
        help: {type: 'boolean', short: 'h'},
      },
    });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

/** Where the program prints, who has started it, and what ends it. */
export interface VirtualContext {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Who keeps a channel to it: another process or, in a thread, the thread's own process. */
  readonly owner?: Owner | undefined;
  /** Ends it when aborted; without one, the signals of this process do. */
  readonly signal?: AbortSignal | undefined;
}

type Print = (text: string) => void;

const printTo =
  (stream: NodeJS.WritableStream): Print =>
  (text) =>
    void stream.write(`${text}\n`);

/** Runs the program `virtual`. Resolves with its exit code when it has been told to end (or has nothing to do). */
export async function runVirtual(argv: readonly string[], context: VirtualContext): Promise<number> {
  const {owner} = context;
  const [print, log] = [printTo(context.stdout), printTo(context.stderr)];
  const send = (message: ControlMessage): void => owner?.send(message);
  const command = controlCommands.find((name) => name === argv[0]);
  let parsed: Arguments;
  try {
    if (command !== undefined) return (print(await runControlCommand(command, argv.slice(1))), 0);
    parsed = parseArguments(argv);
    if (parsed.wantsHelp) return (print(virtualUsage), 0);
    if (parsed.isReveal) return (print(revealed(parsed)), 0);
  } catch (error) {
    return fail(error, log, send);
  }
  // @position virtual.starting
  let bench: InProcessBench;
  const ports = new Map<InstrumentName, VirtualPort>();
  try {
    bench = createBench({...parsed, onFailure: (error) => log(`The scene failed: ${error.message}`)});
    for (const name of parsed.instruments)
      ports.set(name, await openPort(instrumentOf(bench, name), {prefersTcp: parsed.prefersTcp}));
  } catch (error) {
    return fail(error, log, send);
  }
  const entries = [...ports].map(([name, {address}]): InstrumentEntry => {
    const {role, model} = instrumentOf(bench, name);
    const detector = detectorNames.find((candidate) => candidate === name);
    return {
      role,
      model,
      ...address,
      ...(detector && {detector: detectorEntry(detector)}),
      ...(name === 'zaber' && {plateCount: bench.holders.count}),
    };
  });
  const execute = (call: ControlCall): Promise<ControlResult> => executeCall(call, bench, ports);
  // The process that started this one has a channel of its own.
  const control = owner ? undefined : await openControlSocket(execute);
  const door = control && {host: control.host, port: control.port, file: control.file};
  if (parsed.isJson) print(JSON.stringify({ready: true, instruments: entries, control: door}));
  else {
    for (const entry of entries)
      log(`${entry.role} ${entry.model}: ${entry.path ?? `${entry.host}:${entry.port}`}`);
    if (door) log(`control (virtual nudge, flip, plates, reveal): --control ${door.file}`);
  }
  send({type: 'ready', instruments: entries});
  bench.ready.then(
    () => send({type: 'lit'}),
    (error: unknown) => send({type: 'failed', id: null, message: benchErrorFrom(error).message}),
  );
  owner?.onCall(execute);
  await untilAskedToEnd(context);
  await control?.[Symbol.asyncDispose]();
  await Promise.all([...ports.values()].map((port) => port[Symbol.asyncDispose]()));
  await bench.dispose();
  return 0;
}

const detectorEntry = (name: DetectorName): DetectorEntry => {
  const {driver, settings} = virtualDetectors[name];
  return {driver, settings};
};

function instrumentOf(bench: InProcessBench, name: InstrumentName): VirtualInstrument {
  const instrument = bench.instruments[name];
  // The mounts are made for every bench that is asked for their port.
  if (!instrument) throw new BenchError('internal', `The bench has no ${name}.`);
  return instrument;
}

function fail(error: unknown, log: Print, send: (message: ControlMessage) => void): number {
  const {code, message} = benchErrorFrom(error);
  log(`error: ${message} (${code})`);
  send({type: 'failed', id: null, message});
  return code === 'cli/usage' ? 2 : 1;
}

/** The hidden errors of a seed as JSON. */
function revealed({seed, designFolder, settings}: Arguments): string {
  const layerCount =
    designFolder === undefined
      ? 5
      : parseDesign(readFileSync(resolve(designFolder, 'design.json'), 'utf8')).layers.length;
  return JSON.stringify(revealScene(seed, {layerCount, settings}));
}

function untilAskedToEnd({owner, signal: ending}: VirtualContext): Promise<void> {
  return new Promise((end) => {
    if (ending) {
      if (ending.aborted) end();
      ending.addEventListener('abort', () => end(), {once: true});
      return;
    }
    process.once('SIGTERM', () => end());
    if (owner) {
      // Ctrl-C reaches the whole group. A bench does not vanish when its operator stops a scan: whoever started this
      // process still has to turn the source off, and then closes the channel.
      for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
      owner.onEnd(end);
    } else for (const signal of ['SIGINT', 'SIGHUP'] as const) process.once(signal, () => end());
  });
}

const isMain =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isMain) {
  const {argv, stdout, stderr} = process;
  process.exitCode = await runVirtual(argv.slice(2), {stdout, stderr, owner: processOwner()});
  // Streams of dead clients must not keep the process.
  process.exit();
}
