import {fileURLToPath} from 'node:url';
import {programRootUrl} from '../../base/module-url.ts';

/** The design that is shipped. */
export const defaultDesignFolder = fileURLToPath(new URL('designs/digits', programRootUrl(import.meta.url)));
