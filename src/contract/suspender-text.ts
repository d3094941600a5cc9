import {durationText} from '../base/duration-text.ts';
import {roundedText} from '../base/number-format.ts';
import type {Suspender} from './suspender.ts';

/** What each condition is called. */
export const suspenderLabels: Readonly<Record<Suspender['when'], string>> = {
  'source-level': 'Level of the source',
  'source-status': 'Status of the source',
  'reference-lock': 'Reference lock of the detector',
  input: 'An input of an instrument',
  'reference-drift': 'Drift of the reference point',
  'disk-space': 'Room on the disk',
  'operator-absent': 'Operator absent',
};

/** A condition in words, with its threshold, its settle time and what becomes of RF: for window and terminal. */
export function suspenderText(suspender: Suspender): string {
  const {settleS, longestS} = suspender;
  const times = [
    `settles ${durationText(settleS)}`,
    ...(longestS === undefined ? [] : [`at most ${durationText(longestS)}`]),
    ...('source' in suspender && suspender.source === 'off' ? ['RF off in pause'] : []),
  ];
  return `${conditionText(suspender)} (${times.join(', ')})`;
}

function conditionText(suspender: Suspender): string {
  switch (suspender.when) {
    case 'source-level':
      return `source level off by more than ${roundedText(suspender.toleranceDb, 3)} dB`;
    case 'source-status':
      return 'source not levelled, not locked or tripped';
    case 'reference-lock':
      return 'detector without its reference';
    case 'input': {
      const {role, parameter, minimum, maximum} = suspender;
      const limits = [
        ...(minimum === undefined ? [] : [`below ${roundedText(minimum, 6)}`]),
        ...(maximum === undefined ? [] : [`above ${roundedText(maximum, 6)}`]),
      ];
      return `${parameter} of the ${role} ${limits.join(' or ')}`;
    }
    case 'reference-drift':
      return (
        `reference point off by more than ${roundedText(100 * suspender.ratio, 2)} %` +
        (suspender.phaseDeg === undefined ? '' : ` or ${roundedText(suspender.phaseDeg, 2)}°`)
      );
    case 'disk-space':
      return `less than ${roundedText(suspender.leastBytes / 1e6, 1)} MB left for data`;
    case 'operator-absent':
      return `nobody connected for ${durationText(suspender.absentS)}`;
  }
}
