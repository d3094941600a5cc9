import {BenchError} from '../../src/contract/errors.ts';
import {showText} from '../kit/index.ts';

/** What GRBL's numbers mean (gnea/grbl doc/csv: error_codes and alarm_codes, 1.1h). */

const errorLabels: Readonly<Record<number, string>> = {
  1: 'a g-code word needs a letter',
  2: 'a number is missing or wrong',
  3: 'unknown $ command',
  4: 'a negative value where none may be',
  5: 'homing is not enabled ($22=0)',
  6: 'the step pulse must be at least 3 us',
  7: 'stored settings could not be read; defaults were restored',
  8: 'allowed only when the stage is idle',
  9: 'locked by an alarm or a jog',
  10: 'soft limits ($20) need homing ($22)',
  11: 'the line is too long',
  12: 'the step rate would be too high',
  13: 'the safety door is open',
  14: 'the stored line is too long',
  15: 'the jog target is outside the travel',
  16: 'a jog line without = or with a forbidden word',
  17: 'laser mode needs PWM',
  20: 'unsupported g-code',
  21: 'two g-codes of one group in a line',
  22: 'no feed rate was given',
  23: 'a whole number is needed',
  24: 'two commands want the axis words',
  25: 'a word is repeated',
  26: 'axis words are missing',
  27: 'line number out of range',
  28: 'a word misses its value',
  29: 'this work coordinate system does not exist',
  30: 'G53 needs G0 or G1',
  31: 'unused axis words',
  32: 'an arc needs words of its plane',
  33: 'invalid target',
  34: 'invalid arc radius',
  35: 'an arc misses its offset',
  36: 'unused words',
  37: 'tool length offset on the wrong axis',
  38: 'tool number out of range',
};

interface AlarmMeaning {
  readonly words: string;
  /** False when the machine position no longer is where the stage is. */
  readonly isPositionKept: boolean;
}

const alarmMeanings: Readonly<Record<number, AlarmMeaning>> = {
  1: {words: 'a limit switch was hit', isPositionKept: false},
  2: {words: "the target was beyond the controller's soft limits", isPositionKept: true},
  3: {words: 'reset while moving', isPositionKept: false},
  4: {words: 'probe: not in its initial state', isPositionKept: true},
  5: {words: 'probe: no contact', isPositionKept: true},
  6: {words: 'homing: reset', isPositionKept: false},
  7: {words: 'homing: safety door opened', isPositionKept: false},
  8: {words: 'homing: pull-off did not free the switch', isPositionKept: false},
  9: {words: 'homing: no switch was found', isPositionKept: false},
  10: {
    words: 'homing: the second switch of a dual axis was not found, or (grblHAL) emergency stop',
    isPositionKept: false,
  },
  11: {words: 'grblHAL: homing is required', isPositionKept: false},
  12: {words: 'grblHAL: a limit switch is pressed', isPositionKept: false},
};

export const describeGrblError = (code: number): string => errorLabels[code] ?? 'unknown to this program';

export const meaningOfAlarm = (code: number): AlarmMeaning =>
  alarmMeanings[code] ?? {words: 'unknown to this program', isPositionKept: false};

/** After these only a soft reset is obeyed, and even `?` stays silent. */
export const isCriticalAlarm = (code: number): boolean => code === 1 || code === 2;

/** What the operator is to do after an alarm. */
function adviseOnAlarm(code: number): string {
  if (code === 2)
    return 'check the limits of the bench file against the travel ($130..), then unlock or home';
  if (code === 1) return 'free the switch by hand if need be, then home the stage';
  if (code === 8 || code === 9) return 'check limit switches, their cables and $23..$27, then home again';
  return 'look at the stage, then home it (or unlock it and confirm its position)';
}

/** The error of a stage at `from` that an alarm has locked; 0: which alarm is not known. */
export function alarmErrorOf(from: string, alarm: number): BenchError {
  const {words, isPositionKept} = meaningOfAlarm(alarm);
  const what =
    alarm === 0
      ? 'is locked by an alarm (as after power-on with homing enabled)'
      : `reports ALARM:${alarm} (${words})`;
  return new BenchError(
    'motion/alarm',
    `The ${from} ${what}; its position is no longer certain. It does not move and the ` +
      `point under way is not stored, points stored before are safe; ${adviseOnAlarm(alarm)}.`,
    {details: {alarm, isPositionKept}},
  );
}

/** The error of a line that was answered by `error:N`. */
export const refusedLine = (from: string, line: string, code: number): BenchError =>
  new BenchError(
    'device/refused',
    `The ${from} refused ${showText(line)} with error:${code} (${describeGrblError(code)}). Nothing moved by it; ` +
      'stored points are safe.',
    {details: {line, error: code}},
  );
