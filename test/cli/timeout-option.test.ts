import {Command} from 'commander';
import {describe, expect, it} from 'vitest';
import {addAlignCommand} from '../../src/cli/commands/align.ts';
import {addCampaignCommand} from '../../src/cli/commands/campaign.ts';
import {addDoctorCommand} from '../../src/cli/commands/doctor.ts';
import {addInstrumentCommands} from '../../src/cli/commands/instrument.ts';
import {addDetectorCommands} from '../../src/cli/commands/detector.ts';
import {addMountCommands} from '../../src/cli/commands/mount.ts';
import {addScanCommand} from '../../src/cli/commands/scan.ts';
import {addStageCommands} from '../../src/cli/commands/stage.ts';
import type {CliContext} from '../../src/cli/context.ts';
import {createOutput} from '../../src/cli/output/index.ts';
import {addTimeoutOption} from '../../src/cli/timeout-option.ts';

const context: CliContext = {
  output: createOutput({
    stdout: process.stdout,
    stderr: process.stderr,
    isTty: false,
    json: false,
    isVerbose: false,
  }),
  signal: new AbortController().signal,
  argv: [],
  env: {},
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  host: () => undefined,
  endWith: () => undefined,
};

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap((inner) => commandsOf(inner))];
}

const program = new Command('d2nn-bench');
for (const add of [
  addAlignCommand,
  addCampaignCommand,
  addDoctorCommand,
  addInstrumentCommands,
  addDetectorCommands,
  addMountCommands,
  addScanCommand,
  addStageCommands,
])
  add(program, context);
const opening = commandsOf(program).filter(({options}) =>
  options.some(({long}) => long === '--bench' || long === '--port'),
);

describe('--timeout-scale', () => {
  it.each(opening.map((command) => [`${command.parent?.name()} ${command.name()}`, command] as const))(
    'is an option of "%s", which opens instruments',
    (_name, command) => {
      expect(command.options.map(({long}) => long)).toContain('--timeout-scale');
    },
  );

  it('is there for more than a few', () => {
    expect(opening.length).toBeGreaterThan(12);
  });

  it.each(['0', '-1', 'x', '', '1e9', '0.001', 'Infinity'])('is no "%s"', (value) => {
    const command = addTimeoutOption(new Command('probe'))
      .exitOverride()
      .configureOutput({writeErr: () => undefined});
    expect(() => command.parse(['--timeout-scale', value], {from: 'user'})).toThrow(/timeout-scale/);
  });
});
