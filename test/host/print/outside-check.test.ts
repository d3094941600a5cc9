import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {plateFrameSchema, printerSchema} from '../../../src/contract/plate-export.ts';
import {exportPlates} from '../../../src/host/print/export-plates.ts';
import {smallDesign} from './small-design.ts';

// What is closed and looks outward is checked in export-plates.test.ts on every computer; here another program looks.
const hasAdmesh = spawnSync('admesh', ['--version']).status === 0;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plates-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

describe('admesh (Debian package admesh; left out where it is not installed)', () => {
  it.skipIf(!hasAdmesh).each(['square-pixels', 'sampled-surface'] as const)(
    'finds nothing to repair in the solids, relief as %s',
    async (relief) => {
      const {files} = await exportPlates(
        smallDesign(),
        {
          folder,
          formats: ['stl'],
          printer: printerSchema.parse({}),
          frame: plateFrameSchema.parse({relief}),
          masks: [],
          writtenAt: '',
        },
        {signal: new AbortController().signal, onProgress: () => undefined},
      );
      expect(files).toHaveLength(4);
      for (const {name} of files) {
        const {stdout} = spawnSync('admesh', [join(folder, name)], {encoding: 'utf8'});
        const figure = (what: string): number =>
          Number(new RegExp(`${what}\\s*:\\s*(\\d+)`).exec(stdout)?.[1] ?? NaN);
        expect(figure('Number of parts')).toBe(1);
        for (const what of [
          'Total disconnected facets',
          'Degenerate facets',
          'Edges fixed',
          'Facets removed',
          'Facets added',
          'Facets reversed',
          'Backwards edges',
          'Normals fixed',
        ])
          expect(figure(what), `${name}: ${what}`).toBe(0);
      }
    },
  );
});
