import {randomUUID} from 'node:crypto';
import {setTimeout as sleepMs} from 'node:timers/promises';
import type {ApiOutputs} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {atInstrument, type AtInstrument} from '../at-instrument.ts';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {nameAndValue} from '../option-values.ts';
import type {Output} from '../output/index.ts';
import type {TargetOptions} from './instrument-target.ts';

export async function list(context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const drivers = await connection.client.instruments.drivers();
  for (const driver of drivers) {
    output.heading(`${driver.name}: ${driver.title}`);
    output.table(
      [
        {title: 'parameter', align: 'left'},
        {title: 'unit', align: 'left'},
        {title: 'allowed', align: 'left'},
        {title: 'what it is', align: 'left'},
      ],
      driver.parameters.map((p) => [
        p.name,
        p.unit,
        p.isReadOnly ? 'read only' : (p.range?.join(' to ') ?? p.choices?.join(' ') ?? p.kind),
        p.label,
      ]),
    );
    output.line();
    for (const {name, label, args = []} of driver.actions)
      output.line(`call ${name}${args.map((arg) => ` ${arg}=...`).join('')}: ${label}`);
  }
  output.result({drivers});
}

export const probe = (options: TargetOptions, context: CliContext): Promise<void> =>
  atInstrument(context, options, async ({client, at, call: calling}) => {
    const {output} = context;
    if (!at)
      throw new BenchError(
        'cli/usage',
        'Which instrument? Give --bench <file> with --role, or --driver with --port. Nothing was opened.',
      );
    const found = await client.instruments.probe({at}, calling);
    output.line(`${found.model} at ${found.port}, driver ${found.driver}`);
    output.line(found.identity.text.trim());
    output.heading('Settings');
    for (const [name, value] of Object.entries(found.settings)) output.line(`${name} = ${value}`);
    output.heading('Reading');
    for (const [name, value] of Object.entries(found.reading ?? {})) output.line(`${name} = ${value}`);
    if (found.readingError !== null) output.line(`none: ${found.readingError}`);
    output.result(found);
  });

export const get = (names: readonly string[], options: TargetOptions, context: CliContext): Promise<void> =>
  atInstrument(context, options, async ({client, at, role, call: calling}) => {
    writeValues(context.output, await client.instruments.get({at, role, names: [...names]}, calling));
  });

export function set(texts: readonly string[], options: TargetOptions, context: CliContext): Promise<void> {
  const assignments = texts.map(nameAndValue).map(([name, value]) => ({name, value}));
  return atInstrument(context, options, async ({client, at, role, call: calling}) => {
    const {output} = context;
    const answer = await client.instruments.assign({at, role, assignments}, calling);
    if (at && answer.values.some(({name, value}) => name === 'isOutputOn' && value === true))
      output.log(
        'RF was on and goes off again with this command; "instrument call turn-on --keep-on" holds it.',
      );
    writeValues(output, answer);
  });
}

function writeValues(output: Output, {values}: ApiOutputs['instruments']['get']): void {
  for (const {name, value, unit} of values) output.line(`${name} = ${value}${unit === '' ? '' : ` ${unit}`}`);
  output.result({values: Object.fromEntries(values.map(({name, value}) => [name, value]))});
}

interface ActionCall {
  readonly action: string;
  /** `NAME=VALUE`. */
  readonly texts: readonly string[];
  /** Source: RF is held on until Ctrl-C. */
  readonly isHeld: boolean;
}

export function call(
  {action, texts, isHeld}: ActionCall,
  options: TargetOptions,
  context: CliContext,
): Promise<void> {
  const args = Object.fromEntries(texts.map(nameAndValue));
  const {output} = context;
  const write = (result: unknown): void => {
    output.line(`${action}: ${result === null ? 'done' : JSON.stringify(result)}`);
    output.result({action, result});
  };
  return atInstrument(context, options, async (instrument) => {
    const {client, at, role, call: calling} = instrument;
    if (isHeld) return holdOn(instrument, action, context, write);
    const {result} = await client.instruments.call({at, role, action, args}, calling);
    if (at && action === 'turn-on')
      output.log('RF was on and goes off again with this command; --keep-on holds it until Ctrl-C.');
    write(result);
  });
}

/** Well below the time after which the host turns RF off by itself, ms. */
const holdPeriodMs = 1000;

/** Holds RF on until the signal is aborted; its level is checked against the limit each time. */
async function holdOn(
  {client, at}: AtInstrument,
  action: string,
  {signal, output}: CliContext,
  onHeld: (result: unknown) => void,
): Promise<void> {
  if (action !== 'turn-on' || !at)
    throw new BenchError(
      'cli/usage',
      '--keep-on goes with the action turn-on of a source that --bench or --driver names. Nothing was sent.',
    );
  const holdId = randomUUID();
  try {
    const {state} = await client.source.hold({holdId, at}, {signal});
    onHeld(state);
    output.log('RF stays on until Ctrl-C.');
    while (await waitUnlessAborted(holdPeriodMs, signal)) await client.source.hold({holdId, at});
    output.log('RF goes off.');
  } finally {
    await client.source.holdEnd({holdId});
  }
}

/** True after the time, false as soon as the signal is aborted. */
const waitUnlessAborted = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleepMs(ms, true, {signal}).catch((error: unknown) => {
    if (signal.aborted) return false;
    throw error;
  });
