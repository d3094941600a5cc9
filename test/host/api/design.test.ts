import {cpSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {createDesignSystem} from '../../../src/host/twin/predict.ts';
import {testDigitsById} from '../../../src/host/campaign/digits.ts';
import {createIllumination} from '../../../src/twin/field/illumination.ts';
import {wavelengthMmFromHz} from '../../../src/contract/units.ts';
import {intensityOf} from '../../../src/twin/layers/system.ts';
import {createHost} from './api-fixture.ts';
import {campaignDetails} from '../store/session-details.ts';

test('designs are listed from all places, broken ones with the reason', async () => {
  await using host = await createHost();
  const {client, store, folder} = host;
  const mine = join(folder, 'designs', 'mine');
  const lab = join(folder, 'lab');
  const gone = join(folder, 'gone');
  cpSync(defaultDesignFolder, mine, {recursive: true});
  mkdirSync(lab);
  writeFileSync(join(lab, 'design.json'), '{"format": "other"}');
  for (const designFolder of [mine, lab, gone])
    store.createSession({title: 'c', operator: '', benchName: '', details: campaignDetails({designFolder})});
  const list = await client.design.list();
  const digits = defaultDesignFolder.replace(/\/$/, '');
  // Shipped designs are whole: classes read in every way, and the lens, which has no regions.
  const others = ['differential', 'fashion', 'lens', 'shift-tolerant', 'two-frequencies'];
  expect(list.map((entry) => entry.folder)).toEqual([
    digits,
    ...others.map((name) => join(digits, '..', name)),
    mine,
    lab,
  ]);
  const [shipped, ...behind] = list;
  expect(behind.slice(0, others.length)).toMatchObject(
    others.map((name) => ({name, layerCount: 5, problem: ''})),
  );
  const [own, damaged] = behind.slice(others.length);
  expect(own).toMatchObject({name: 'digits', layerCount: 5, frequencyHz: 4e11, problem: ''});
  expect(own.contentHash).toBe(shipped.contentHash);
  expect(damaged.problem).toContain('design.json');
  rmSync(join(mine, 'layer-2.npy'));
  writeFileSync(join(mine, 'design.json'), '{}');
  expect((await client.design.list()).find(({folder: own}) => own === mine)?.problem).not.toBe('');
});

test('a plate is shown as height and phase, its levels counted', async () => {
  await using host = await createHost();
  const {file, wavelengthMm, training} = await host.client.design.get({});
  expect(wavelengthMm).toBeCloseTo(0.7495, 3);
  expect(training).toHaveProperty('settings');
  const {layers} = await openDesign(defaultDesignFolder);
  const plate = await host.client.design.plate({index: 2});
  const {heightMm, phaseRad, histogram} = plate;
  expect(heightMm).toMatchObject({rows: 200, columns: 200, unit: 'mm'});
  expect(heightMm.xMm[0]).toBeCloseTo(-39.8, 9);
  expect(heightMm.values[12_345]).toBeCloseTo(layers[2].values[12_345], 6);
  expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(40_000);
  expect(histogram.edgesMm).toHaveLength(histogram.counts.length + 1);
  expect(plate.minMm).toBeGreaterThanOrEqual(histogram.edgesMm[0]);
  const {refractiveIndex} = file.layers[2];
  for (const at of [0, 777, 20_100]) {
    const expected = (2 * Math.PI * (refractiveIndex - 1) * layers[2].values[at]) / wavelengthMm;
    expect(Math.cos(phaseRad.values[at] - expected)).toBeCloseTo(1, 6);
    expect(Math.abs(phaseRad.values[at])).toBeLessThanOrEqual(Math.PI + 1e-6);
  }
  await expect(host.client.design.plate({index: 5})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
});

test('the light of a digit at the detector is what the twin predicts, and power is never gained on the way', async () => {
  await using host = await createHost();
  const {client} = host;
  const [{id}] = (await client.campaign.digits({label: '4', limit: 1})).digits;
  const fields = await client.design.fields({digitId: id, zMm: [180, 0, 15, 31, 200]});
  expect(fields.planes.map(({zMm}) => zMm)).toEqual([180, 0, 15, 31, 200]);
  const design = await openDesign(defaultDesignFolder);
  const [digit] = testDigitsById([id], design.file);
  const system = createDesignSystem(design, {}, {method: 'asm', pad: 2});
  const expected = intensityOf(system.propagate(digit.object));
  const [detector, start] = fields.planes;
  let [error, scale] = [0, 0];
  expected.forEach((value, i) => {
    error += (value - detector.intensity.values[i]) ** 2;
    scale += value ** 2;
  });
  expect(Math.sqrt(error / scale)).toBeLessThan(1e-3);
  // Behind the object the light is what the mask lets through.
  expect(start.powerRatio).toBeCloseTo(1, 9);
  const {illumination, grid, frequencyHz} = design.file;
  const light = intensityOf(createIllumination(illumination, grid, wavelengthMmFromHz(frequencyHz)));
  [...start.intensity.values.subarray(20_000, 20_200)].forEach((value, i) =>
    expect(value).toBeCloseTo(digit.object.re[20_000 + i] ** 2 * light[20_000 + i], 6),
  );
  const inOrder = [...fields.planes].sort((a, b) => a.zMm - b.zMm).map(({powerRatio}) => powerRatio);
  inOrder.slice(1).forEach((ratio, i) => expect(ratio).toBeLessThanOrEqual(inOrder[i] + 1e-9));
  expect(fields.shares).toHaveLength(10);
  expect(fields.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(fields.winner).toBe(String(fields.shares.indexOf(Math.max(...fields.shares))));
  // From now on the list of digits knows what the twin said.
  expect((await client.campaign.digits({label: '4', limit: 1})).digits[0].predicted).toBe(fields.winner);
  await expect(client.design.fields({digitId: id, zMm: [-1]})).rejects.toMatchObject({
    data: {code: 'plan/invalid'},
  });
});
