import {readFileSync} from 'node:fs';
import {programRootUrl} from '../base/module-url.ts';

const manifest: unknown = JSON.parse(
  readFileSync(new URL('package.json', programRootUrl(import.meta.url)), 'utf8'),
);

/** Version of this program; the twin's code has no other. */
export const programVersion: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
