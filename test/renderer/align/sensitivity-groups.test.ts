import {describe, expect, it} from 'vitest';
import {
  keptText,
  lengthText,
  sensitivityGroups,
  toleranceText,
  type SensitivityRow,
} from '../../../src/renderer/features/align/sensitivity-groups.ts';

const row = (name: string, sizes: readonly number[], tolerance: number | null = null): SensitivityRow => ({
  name,
  unit: name.endsWith('.rotation') ? 'deg' : name.endsWith('.n') ? '1' : 'mm',
  inWavelengths: !name.endsWith('.rotation') && !name.endsWith('.n'),
  points: sizes.map((size) => ({size, accuracy: 0.9, match: 0.8, correlation: 0.7})),
  tolerance,
});

const text = (words: string): string => words.replaceAll('\u202f', ' ');

describe('tolerances of a design', () => {
  it('stand in one table for each kind of error, in the order of the host', () => {
    const groups = sensitivityGroups([
      row('plate3.dy', [0.1, 0.2]),
      row('plate3.rotation', [0.5, 1]),
      row('frame.dx', [0.1, 0.2]),
      row('plates.n', [0.01]),
      row('plate1.tiltX', [0.25]),
    ]);
    expect(groups.map(({title, rows}) => [title, rows.map(({name}) => name)])).toEqual([
      ['Shifts across the beam', ['plate3.dy', 'frame.dx']],
      ['Turns about the beam', ['plate3.rotation']],
      ['Index of the plates', ['plates.n']],
      ['Tilts', ['plate1.tiltX']],
    ]);
  });

  it('never stand under the errors of another row', () => {
    const groups = sensitivityGroups([row('plate1.dx', [0.1]), row('plate2.dx', [0.1, 0.2])]);
    expect(groups.map(({sizes}) => sizes)).toEqual([[0.1], [0.1, 0.2]]);
  });

  it('are told in mm and wavelengths, turns in degrees', () => {
    expect(text(toleranceText(row('plate3.dy', [0.4], 0.2), 0.8))).toBe('0.2 mm (0.25 λ)');
    expect(text(lengthText(0.5, row('plate3.rotation', [1]), 0.8))).toBe('0.5 deg');
  });

  it('are above all that was tried when every error leaves the verdicts', () => {
    expect(text(toleranceText(row('plate3.rotation', [0.5, 2]), 0.8))).toBe('more than 2 deg');
  });

  it('tell shares in percent and correlations as they are', () => {
    expect(text(keptText(0.8, 'match'))).toBe('80 %');
    expect(keptText(-0.031, 'correlation')).toBe('\u22120.03');
  });
});
