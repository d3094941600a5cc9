import {Command} from 'commander';
import {addTwinTrain} from './commands/twin-train.ts';

const program = new Command('d2nn-bench');
const twin = program.command('twin');
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped')));
addTwinTrain(twin, {
  output: {log: (text) => console.error(text), result: (value) => console.log(JSON.stringify(value))},
  signal: abort.signal,
  argv: process.argv.slice(2),
});
await program.parseAsync();
