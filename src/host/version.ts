import {readFileSync} from 'node:fs';
import {programRootUrl} from '../base/module-url.ts';

const manifest = JSON.parse(
  readFileSync(new URL('package.json', programRootUrl(import.meta.url)), 'utf8'),
) as {
  version: string;
};

/** Version of this program; the twin's code has no other. */
export const programVersion = manifest.version;
