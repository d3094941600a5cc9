import {readFileSync} from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Version of this program; the twin's code has no other. */
export const programVersion = manifest.version;
