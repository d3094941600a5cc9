import {expect, test} from 'vitest';
import {resultLines} from '../../../src/renderer/features/bench/action-result.ts';

const declared = {
  parameters: [
    {name: 'sensitivityV', label: 'Sensitivity', unit: 'V', kind: 'choice', isReadOnly: false, group: 'gain'},
    {name: 'reserve', label: 'Reserve', unit: '', kind: 'choice', isReadOnly: false, group: 'gain'},
  ],
  columns: [{name: 'thetaDeg', label: 'theta', unit: 'deg'}],
} as const;

const textOf = (result: unknown): readonly string[] =>
  resultLines(result, {parameters: [...declared.parameters], columns: [...declared.columns]}).map(
    ({name, text}) => `${name} ${text}`,
  );

test('what an action set stands under its declared name, with its unit', () => {
  expect(textOf({sensitivityV: 1e-4})).toEqual(['Sensitivity 100 µV']);
  expect(textOf({reserve: 'low-noise'})).toEqual(['Reserve low-noise']);
  expect(textOf({shows: 'theta', thetaDeg: 12.5})).toEqual(['Shows theta', 'Theta 12.5 deg']);
});

test('a name that is not declared still tells its unit', () => {
  expect(textOf({isOutputOn: true, outputFrequencyHz: 400e9, powerDbm: -3})).toEqual([
    'Is output on yes',
    'Output frequency 400 GHz',
    'Power −3 dBm',
  ]);
});

test('lists and what is inside of a value are told with their units too', () => {
  expect(textOf({faults: []})).toEqual(['Faults none']);
  expect(textOf([{plate: 2, offset: {dxMm: 0.1, rotationDeg: 1}, isMoving: false, problem: ''}])).toEqual([
    '1 Plate 2, Offset Dx 0.1 mm, Rotation 1 deg, Is moving no, Problem none',
  ]);
  expect(textOf(null)).toEqual([]);
  expect(textOf(['[G54:0,0,0]'])).toEqual(['1 [G54:0,0,0]']);
});
