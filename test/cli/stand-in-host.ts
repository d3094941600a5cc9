/** A host process that only keeps the protocol, for tests of those who supervise one. `STAND_IN` says how it behaves. */
import {
  hostEnvironment,
  readToHost,
  type FromHost,
  type HostTokens,
} from '../../src/contract/host-process.ts';

const manner = process.env['STAND_IN'] ?? '';
const send = (message: FromHost): void => void process.send?.(message);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

process.on('SIGINT', () => say('host ignores Ctrl-C'));
if (manner === 'dies') process.exit(3);
if (manner === 'fatal') {
  send({type: 'fatal', message: 'The database is newer than this program.', code: 'store/newer-version'});
  process.disconnect();
  process.exitCode = 1;
} else serve();

function serve(): void {
  const tokens = JSON.parse(process.env[hostEnvironment.tokens] ?? '{}') as HostTokens;
  const wanted = Number(process.argv[process.argv.indexOf('--http-port') + 1]);
  const port = wanted || 41_000;
  say(
    `host pid=${process.pid} args=${process.argv.slice(2).join(',')} data=${process.env[hostEnvironment.data]}`,
  );
  process.on('message', (message) => {
    const request = readToHost(message);
    if (request?.type !== 'shut-down') return;
    say(`host told to end: ${request.reason}`);
    if (manner === 'stuck') return;
    const problems = manner === 'problem' ? ['The source did not answer: switch it off by hand.'] : [];
    send({type: 'shut-down-done', problems});
    process.disconnect();
  });
  const urlOf = (scope: keyof HostTokens): string => `http://127.0.0.1:${port}/#token=${tokens[scope]}`;
  const urls = {admin: urlOf('admin'), operate: urlOf('operate'), read: urlOf('read')};
  // Before it is ready: messages keep their order, so whoever has heard of its address knows of the run.
  if (manner === 'live')
    send({type: 'run-state', isLive: true, title: 'run 0147', pointCount: 1204, timeLeftS: 60});
  send({type: 'ready', hostId: `${process.pid}`, dataFolder: '/data', port, urls});
  if (manner === 'ended-by-window') {
    send({type: 'shut-down-done', problems: []});
    process.disconnect();
  }
}
