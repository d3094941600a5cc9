import fc from 'fast-check';
import {expect, test} from 'vitest';
import {spanNotes} from '../../../src/contract/plan-span.ts';
import {planSpecSchema, type PlanSpecInput} from '../../../src/contract/plan-spec.ts';
import {gridGeometry, lineGeometry} from '../../../src/host/plans/geometry.ts';

const notesOf = (input: PlanSpecInput, regions?: Parameters<typeof spanNotes>[1]): readonly string[] =>
  spanNotes(planSpecSchema.parse(input), regions);

test('a span that is no multiple of its step says what will be measured', () => {
  expect(notesOf({plan: 'grid', widthMm: 7, heightMm: 6, stepMm: 2})).toEqual([
    'Width: 7 mm is no multiple of 2 mm: 6 mm will be measured, 4 columns.',
  ]);
  expect(notesOf({plan: 'grid', widthMm: 1, heightMm: 7, stepMm: 2})).toEqual([
    'Width: 1 mm is no multiple of 2 mm: 0 mm will be measured, 1 column.',
    'Height: 7 mm is no multiple of 2 mm: 6 mm will be measured, 4 rows.',
  ]);
  expect(notesOf({plan: 'line', axis: 'y', startMm: 3, stopMm: -4, stepMm: 2})).toEqual([
    'Line along y: 7 mm is no multiple of 2 mm: 6 mm will be measured, 4 points. It ends at y -3 mm, not at -4 mm.',
  ]);
  expect(notesOf({plan: 'beam-find', widthMm: 10, stepMm: 4})).toEqual([
    'Width: 10 mm is no multiple of 4 mm: 8 mm will be measured, 3 columns.',
  ]);
});

test('regions say where their points lie', () => {
  const region = {widthMm: 6.4, heightMm: 5};
  expect(notesOf({plan: 'regions', pointsPerSide: 5}, [region, region])).toEqual([
    'Regions of 6.4 mm x 5 mm: the points lie in the middles of 5 x 5 equal cells, from the first to the last 5.12 mm x 4 mm.',
  ]);
});

test('nothing is said of what is measured as it was typed, decimals included', () => {
  expect(notesOf({plan: 'grid', widthMm: 6, heightMm: 0.3, stepMm: 0.1})).toEqual([]);
  expect(notesOf({plan: 'line', axis: 'x', startMm: -3, stopMm: 3, stepMm: 0.1})).toEqual([]);
  expect(notesOf({plan: 'point', xMm: 1, yMm: 2})).toEqual([]);
});

test('what is said is what the geometry measures', () => {
  // Down to 20 steps of 0.1 mm a millimetre: finer grids are refused for their size.
  const size = fc.integer({min: 10, max: 5000}).map((hundredths) => hundredths / 100);
  fc.assert(
    fc.property(size, size, size, (widthMm, heightMm, stepMm) => {
      const plan = planSpecSchema.parse({plan: 'grid', widthMm, heightMm, stepMm});
      if (plan.plan !== 'grid') throw new Error('unreachable');
      const {columns, rows, extentsMm} = gridGeometry(plan);
      const [y, x] = extentsMm;
      const notes = spanNotes(plan).join('\n');
      expect(notes.includes('Width')).toBe(Math.abs(x[1] - x[0] - widthMm) > 1e-4);
      expect(notes.includes('Height')).toBe(Math.abs(y[1] - y[0] - heightMm) > 1e-4);
      if (notes.includes('Width')) expect(notes).toMatch(new RegExp(`, ${columns} columns?\\.`));
      if (notes.includes('Height')) expect(notes).toMatch(new RegExp(`, ${rows} rows?\\.`));
    }),
  );
  fc.assert(
    fc.property(size, size, fc.boolean(), (lengthMm, stepMm, isDown) => {
      const stopMm = isDown ? -lengthMm : lengthMm;
      const plan = planSpecSchema.parse({plan: 'line', axis: 'x', startMm: 0, stopMm, stepMm});
      const line = lineGeometry(0, stopMm, stepMm);
      const lastMm = line.positionMm(line.count - 1);
      const [note] = spanNotes(plan);
      if (note === undefined) expect(lastMm).toBeCloseTo(stopMm, 4);
      else expect(note).toContain(`It ends at x ${Number(lastMm.toFixed(6)) + 0} mm`);
    }),
  );
});
