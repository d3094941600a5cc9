import {expect, test} from 'vitest';
import {nameBox} from '../../../src/renderer/viewer/charts/name-box.ts';

const area = {left: 0, top: 0, right: 200, bottom: 100};
const size = {width: 40, height: 10};

test('the name of a point stands at its right, and at its left where the chart ends', () => {
  expect(nameBox({x: 50, y: 50}, size, area, [])).toEqual({left: 57, top: 45, right: 97, bottom: 55});
  expect(nameBox({x: 180, y: 50}, size, area, []).right).toBe(173);
});

test('names of points beside each other cover none of the others', () => {
  const boxes: ReturnType<typeof nameBox>[] = [];
  for (const x of [100, 104, 108, 112]) boxes.push(nameBox({x, y: 50}, size, area, boxes));
  const covers = (a: (typeof boxes)[number], b: (typeof boxes)[number]): boolean =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  expect(boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => covers(a, b)))).toEqual([]);
});

test('a name for which there is no room nowhere stays in the chart as far as it can', () => {
  const everything = [{left: -100, top: -100, right: 300, bottom: 300}];
  expect(nameBox({x: 180, y: 50}, size, area, everything).right).toBe(173);
  expect(nameBox({x: 10, y: 50}, {width: 500, height: 10}, area, []).left).toBe(17);
});
