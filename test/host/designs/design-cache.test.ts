import {cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {createDesignCache} from '../../../src/host/designs/design-cache.ts';
import {createPlates} from '../alignment/small-plates.ts';

test('designs that are listed are read together, and one that is damaged is told of alone', async () => {
  const place = await mkdtemp(join(tmpdir(), 'd2nn-designs-'));
  onTestFinished(() => rm(place, {recursive: true}));
  const [good, other, damaged] = ['a', 'b', 'c'].map((name) => join(place, name));
  await createPlates(good, 'good', [0]);
  await cp(good, other, {recursive: true});
  await cp(good, damaged, {recursive: true});
  await writeFile(join(damaged, 'layer-1.npy'), 'no map');

  const cache = createDesignCache();
  const listed = await cache.list([place], []);
  expect(listed.map(({folder, design}) => [folder, design?.file.name])).toEqual([
    [good, 'good'],
    [other, 'good'],
    [damaged, undefined],
  ]);
  expect(listed[2].problem).toContain('layer-1.npy');
  await expect(cache.open(damaged)).rejects.toMatchObject({code: 'file/invalid'});
  // What was listed is at hand, and read again once its description has changed.
  const design = await cache.open(good);
  expect(await cache.open(good)).toBe(design);
  await createPlates(good, 'another', [1]);
  expect((await cache.list([place], []))[0].design?.file.name).toBe('another');
});
