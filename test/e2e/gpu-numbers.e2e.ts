import {fileURLToPath} from 'node:url';
import type {Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {build} from 'vite';
import type {GpuCase} from './gpu-numbers-page.ts';
import {openGpuBrowser} from './window.ts';

let page: Page;

beforeAll(async () => {
  page = await (await openGpuBrowser()).newPage();
  // A page of this computer, which alone may use a GPU.
  await page.route('http://localhost/', (route) =>
    route.fulfill({contentType: 'text/html', body: '<title>numbers</title>'}),
  );
  await page.goto('http://localhost/');
  await page.addScriptTag({content: await scriptOf('gpu-numbers-page.ts')});
});
afterAll(() => page.close());

/** A module of this folder with all that it needs, as one script. */
async function scriptOf(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {write: false, minify: false, lib: {entry, formats: ['iife'], name: 'numbers'}},
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (!('output' in first)) throw new Error(`${name} was not built.`);
  return first.output[0].code;
}

const cases: Readonly<Record<string, GpuCase>> = {
  '64 x 64 samples, three plates': {
    count: 64,
    gapsMm: [10, 10, 10, 10],
    pad: 1.5,
    imageCount: 1,
    isMoved: true,
  },
  'two wavelengths, regions read twice, reliefs with masks, a transform of 28 points': {
    count: 20,
    gapsMm: [6, 6, 6],
    pad: 1.4,
    imageCount: 3,
    isMoved: true,
    isReadWholeToo: true,
    neurons: 'complex',
    further: [{wavelengthMm: 0.85, refractiveIndex: 1.73, extinction: 0.028}],
  },
  'a phase object, a window read sample by sample, masks, plates in place, a transform of 30 points': {
    count: 20,
    gapsMm: [6, 6],
    pad: 1.5,
    imageCount: 2,
    isMoved: false,
    windowMm: 5,
    objectValue: 'phase-turns',
    neurons: 'amplitude',
  },
};

describe('a training step on the GPU gives the energies and gradients of the processors', () => {
  for (const [name, own] of Object.entries(cases))
    it(name, async () => {
      const differences = await page.evaluate((given) => window.compareWithGpu(given), own);
      expect(differences.energies).toBeLessThan(1e-5);
      expect(differences.inputPower).toBeLessThan(1e-5);
      expect(differences.gradients).toBeLessThan(1e-5);
    });
});
