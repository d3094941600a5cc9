import {expect, test} from 'vitest';
import {designFolderFor} from '../../../src/host/api/design-of-bench.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';

const benchWith = (design: OpenBench['design']) => ({openBench: {design} as OpenBench});

test('a measurement is compared with the design that is named, else with the plates on the bench, else the shipped one', () => {
  const standing = {folder: '/data/designs/mine', name: 'mine', contentHash: 'sha256:1'};
  expect(designFolderFor(benchWith(standing), '/data/designs/other')).toBe('/data/designs/other');
  expect(designFolderFor(benchWith(standing))).toBe('/data/designs/mine');
  expect(designFolderFor(benchWith(undefined))).toBe(defaultDesignFolder);
  expect(designFolderFor({openBench: undefined})).toBe(defaultDesignFolder);
});
