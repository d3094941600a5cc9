import type {Gcode, Wait} from './grbl-gcode.ts';
import {helpLine} from './grbl-report.ts';
import {GrblError, lowByte, type GrblMemory} from './grbl-settings.ts';
import {readNumber} from './grbl-words.ts';

export type MachineState = 'idle' | 'run' | 'hold' | 'jog' | 'alarm' | 'check' | 'door' | 'home' | 'sleep';

const reportInchesSetting = 13;

/** What `$` lines need of the controller. */
export interface SystemHost {
  readonly memory: GrblMemory;
  readonly gcode: Gcode;
  readonly axes: {state: MachineState; home(): Wait};
  leaveCheck(): void;
  sleep(): void;
  /** A setting that changes what reports mean was written. */
  offsetsChanged(): void;
  /** A reset after the present line has been answered. */
  resetAfterLine(): void;
  sendLine(text: string): void;
  message(text: string): void;
  sendParameters(): void;
  sendModal(): void;
}

/** Executes a line that begins with `$` (grbl.md section 5). Throws the error codes. */
export function* executeSystemLine(host: SystemHost, line: string): Wait {
  const {memory, axes} = host;
  const {state} = axes;
  switch (line[1]) {
    case undefined:
      return host.sendLine(helpLine);
    case 'J':
      if (state !== 'idle' && state !== 'jog') throw new GrblError(8);
      // The maker's table has 16 for it, the firmware answers 3.
      if (line[2] !== '=') throw new GrblError(3);
      return yield* host.gcode.jog(line.slice(3));
    case '$':
    case 'G':
    case 'C':
    case 'X':
      if (line.length > 2) throw new GrblError(3);
      return executeAnytime(host, line[1]);
  }
  if (state !== 'idle' && state !== 'alarm') throw new GrblError(8);
  switch (line[1]) {
    case '#':
      expectLine(line, '$#');
      return host.sendParameters();
    case 'H':
      if (!memory.isOn(22)) throw new GrblError(5);
      // The firmware has begun to home when it finds the rest of the line wrong: only a reset leads out of that state.
      axes.state = 'home';
      expectLine(line, '$H');
      return yield* axes.home();
    case 'S':
      expectLine(line, '$SLP');
      return host.sleep();
    case 'I':
      return executeBuildInfo(host, line);
    case 'R':
      return executeRestore(host, line);
    case 'N':
      return yield* executeStartup(host, line);
    default:
      return executeSetting(host, line);
  }
}

function expectLine(line: string, expected: string): void {
  if (line !== expected) throw new GrblError(3);
}

function executeAnytime(host: SystemHost, letter: '$' | 'G' | 'C' | 'X'): void {
  const {state} = host.axes;
  switch (letter) {
    case '$':
      if (state === 'run' || state === 'hold') throw new GrblError(8);
      for (const setting of host.memory.settingLines()) host.sendLine(setting);
      return;
    case 'G':
      return host.sendModal();
    case 'C':
      if (state === 'check') {
        host.leaveCheck();
        return host.message('Disabled');
      }
      if (state !== 'idle') throw new GrblError(8);
      host.axes.state = 'check';
      return host.message('Enabled');
    case 'X':
      if (state !== 'alarm') return;
      host.axes.state = 'idle';
      return host.message('Caution: Unlocked');
  }
}

function executeBuildInfo(host: SystemHost, line: string): void {
  if (line === '$I') {
    host.sendLine(`[VER:1.1h.20190830:${host.memory.buildInfo}]`);
    return host.sendLine('[OPT:V,15,128]');
  }
  if (line[2] !== '=') throw new GrblError(3);
  host.memory.buildInfo = line.slice(3);
}

function executeRestore(host: SystemHost, line: string): void {
  const what = /^\$RST=([$#*])$/.exec(line)?.[1];
  if (what === undefined) throw new GrblError(3);
  host.memory.restore(what as '$' | '#' | '*');
  host.message('Restoring defaults');
  host.resetAfterLine();
}

function* executeStartup(host: SystemHost, line: string): Wait {
  const {startupLines} = host.memory;
  if (line === '$N') {
    startupLines.forEach((text, i) => host.sendLine(`$N${i}=${text}`));
    return;
  }
  if (host.axes.state !== 'idle') throw new GrblError(8);
  const number = readNumber(line, 2);
  if (!number) throw new GrblError(2);
  if (line[number.end] !== '=') throw new GrblError(3);
  const index = lowByte(number.value);
  const block = line.slice(number.end + 1);
  // The block is run once, which proves it.
  if (block !== '') yield* host.gcode.execute(block);
  // The number is not checked: other lines are answered by ok and go to a place where none is read.
  if (index < startupLines.length) startupLines[index] = block;
}

function executeSetting(host: SystemHost, line: string): void {
  const number = readNumber(line, 1);
  // Also an unknown letter: what begins no command is read as the number of a setting.
  if (!number) throw new GrblError(2);
  if (line[number.end] !== '=') throw new GrblError(3);
  const value = readNumber(line, number.end + 1);
  if (!value) throw new GrblError(2);
  if (value.end !== line.length || number.value > 255) throw new GrblError(3);
  const index = lowByte(number.value);
  host.memory.set(index, value.value);
  if (index === reportInchesSetting) host.offsetsChanged();
}
