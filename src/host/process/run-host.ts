import {performance} from 'node:perf_hooks';
import {benchErrorFrom, BenchError} from '../../contract/errors.ts';
import {endingOf, type ToHost} from '../../contract/host-process.ts';
import {createCallerContext} from '../api/clients.ts';
import {createRouter, preloadFeatures} from '../api/router.ts';
import {createCallServer} from '../api/transport/calls.ts';
import type {HttpTransport} from '../api/transport/http.ts';
import {createPortTransport, type CallPort, type PortTransport} from '../api/transport/port.ts';
import type {BenchChoice} from '../../contract/api/index.ts';
import type {StartVirtualBench} from '../bench-service/open-choice.ts';
import {backupKeeperOf} from '../backups/backup-keeper.ts';
import {createHost, type Host} from '../create-host.ts';
import {readHostOptions, takeTokens, type HostStart} from './host-options.ts';
import {findParent, type Parent} from './parent.ts';
import {quitSentence, runStateOf, sendRunState} from './run-state.ts';

/** A safe end takes a few seconds; whoever started the host kills it after 30. */
const shutDownLimitMs = 25_000;
/** So that the answer to the call that ended the host still reaches its window. */
const lastWordMs = 100;

const complain = (text: string): void => void process.stderr.write(`d2nn-bench host: ${text}\n`);

interface RunningHost {
  readonly host: Host;
  readonly http: HttpTransport | undefined;
  readonly ports: PortTransport;
}

/** Starts data, doors and parent's line; resolves when clients are served. */
async function startHost(
  start: HostStart,
  parent: Parent | undefined,
  startVirtualBench: StartVirtualBench,
): Promise<RunningHost> {
  const tokens = takeTokens(process.env);
  const host = await createHost({
    dataFolder: start.dataFolder,
    timeoutScale: start.timeoutScale,
    servesDamaged: true,
    startVirtualBench,
  });
  try {
    let http: HttpTransport | undefined;
    const router = createRouter(host.services, {
      links: () =>
        (['read', 'operate', 'admin'] as const).flatMap((scope) =>
          http === undefined ? [] : [{scope, url: http.urls[scope]}],
        ),
      openApiPath: '/api/v1/openapi.json',
    });
    const {services} = host;
    const ports = createPortTransport(services, createCallServer(router, services));
    const httpPort = start.httpPort ?? (parent === undefined ? 0 : undefined);
    if (httpPort !== undefined) {
      // Loaded where it serves somebody: a window of the shell needs no server.
      const {startHttpTransport} = await import('../api/transport/http.ts');
      http = await startHttpTransport({services, router, tokens, port: httpPort});
    }
    return {host, http, ports};
  } catch (error) {
    await host.shutDown('it could not start');
    throw error;
  }
}

/** Opens the bench that was asked for, or the last one; windows are served meanwhile and see how it goes. */
async function openFirstBench({services}: Host, asked: BenchChoice | undefined): Promise<void> {
  const choice = asked ?? services.settings.get().lastBench;
  if (!choice) return;
  try {
    await services.bench.open(choice);
  } catch (error) {
    // The bench says in its status and in the log why it did not open.
    if (!(error instanceof BenchError)) throw error;
  }
}

/** Answers what the parent asks. */
function onParentMessage(
  {host, ports}: RunningHost,
  parent: Parent,
): (message: ToHost, from: readonly CallPort[]) => void {
  const {services} = host;
  return (message, from) => {
    switch (message.type) {
      case 'connect':
        for (const port of from) ports.connect(port, message);
        return;
      case 'halt':
        void services.bench.halt(message.by).then(async ({problems, tookMs}) => {
          await parent.send({type: 'halt-done', problems});
          createCallerContext(services, {scope: 'admin', client: 'shell'}).audit({
            action: 'halt',
            actor: message.by,
            subject: 'app.halt',
            details: {client: 'shell', tookMs, problems},
          });
        });
        return;
      case 'may-quit?': {
        const state = runStateOf(services.bench);
        void parent.send({type: 'may-quit', isLive: state.isLive, sentence: quitSentence(state)});
        return;
      }
      case 'shut-down':
        void host.shutDown(message.reason);
    }
  };
}

/** Ends what is left after the bench was made safe, tells the parent, and lets the process go. */
async function finish(
  running: RunningHost,
  parent: Parent | undefined,
  problems: readonly string[],
): Promise<void> {
  const {http, ports} = running;
  for (const problem of problems) complain(problem);
  await parent?.send({type: 'shut-down-done', problems});
  await new Promise((resolve) => setTimeout(resolve, lastWordMs));
  ports.close();
  const hasFailed = (process.exitCode ?? 0) !== 0;
  await http?.close(hasFailed ? undefined : endingOf(problems));
  parent?.release();
  process.exit(problems.length === 0 ? (process.exitCode ?? 0) : 1);
}

/** Makes the bench safe and ends, within the time limit whatever happens; who is left behind is told which it was. */
function endSafely({host, http}: RunningHost, parent: Parent | undefined, reason: string): void {
  setTimeout(() => {
    const problem = `the end took longer than ${shutDownLimitMs / 1000} s and was cut short. Look at the instruments: the source may be on. Stored points are kept.`;
    complain(problem);
    setTimeout(() => process.exit(1), lastWordMs);
    void Promise.allSettled([
      parent?.send({type: 'shut-down-done', problems: [problem]}),
      http?.close('not-proven-safe'),
    ]);
  }, shutDownLimitMs).unref();
  void host.shutDown(reason);
}

function watchEndings(running: RunningHost, parent: Parent | undefined): void {
  let hasFailed = false;
  const fail = (error: unknown): void => {
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 70;
    if (hasFailed) return;
    hasFailed = true;
    // The state of the program is unknown from here on: make the bench safe, and let it be started afresh.
    endSafely(running, parent, 'the program failed');
  };
  process.on('uncaughtException', fail);
  process.on('SIGTERM', () => endSafely(running, parent, 'the system ended it'));
  process.on('SIGHUP', () => endSafely(running, parent, 'its terminal was closed'));
  let interrupts = 0;
  process.on('SIGINT', () => {
    // A terminal's Ctrl-C reaches every process of its group; whoever started this one decides what it means.
    if (parent) return;
    if (++interrupts > 1) process.exit(130);
    endSafely(running, parent, 'Ctrl-C');
  });
  parent?.onGone(() => endSafely(running, parent, 'whoever started it is gone'));
}

/** The virtual bench comes with much that a start without it need not wait for. */
const startVirtualLater: StartVirtualBench = async (request) =>
  (await import('../compose.ts')).startVirtualBench(request);

/**
 * Runs the host process: resolves when clients are served and the first bench has been opened or has failed to.
 * The process ends by itself.
 */
export async function runHostProcess(startVirtualBench = startVirtualLater): Promise<void> {
  process.title = 'd2nn-bench host';
  const parent = findParent();
  let running: RunningHost;
  let start: HostStart;
  try {
    await parent?.send({type: 'starting', text: 'Opening the data folder.'});
    start = readHostOptions(process.argv.slice(2));
    running = await startHost(start, parent, startVirtualBench);
  } catch (error) {
    const {message, code} = benchErrorFrom(error);
    complain(message);
    await parent?.send({type: 'fatal', message, code});
    process.exit(1);
  }
  watchEndings(running, parent);
  const {host, http} = running;
  const telling = new AbortController();
  void host.ended.then((problems) => {
    telling.abort();
    return finish(running, parent, problems);
  });
  parent?.onMessage(onParentMessage(running, parent));
  await parent?.send({
    type: 'ready',
    hostId: host.services.hostId,
    dataFolder: host.services.data.path,
    ...(http === undefined ? {} : {urls: http.urls, port: http.port}),
  });
  if (parent)
    void sendRunState(
      host.services.bench,
      (state) => parent.send({type: 'run-state', ...state}),
      telling.signal,
    );
  else process.stdout.write(linksText(http, performance.now()));
  // On a damaged database nothing can be measured.
  if (host.services.status().saved.damage === '') {
    await openFirstBench(host, start.bench);
    backupKeeperOf(host.services).startTimer();
  }
  await preloadFeatures();
}

const linksText = (http: HttpTransport | undefined, startMs: number): string =>
  http === undefined
    ? ''
    : `d2nn-bench is up after ${Math.round(startMs)} ms.\n  everything:    ${http.urls.admin}\n  run the bench: ${http.urls.operate}\n  look only:     ${http.urls.read}\n`;
