/** The host process: owns instruments, runs and data, and serves windows, browsers and programs. */
import {enableCompileCache} from 'node:module';
import {fileURLToPath} from 'node:url';
import {programRootUrl} from '../base/module-url.ts';

// Halves the start: compiled modules are kept beside the packages, which nobody else can write. Where that cannot be
// written either, each start compiles anew.
enableCompileCache(fileURLToPath(new URL('node_modules/.cache/d2nn-bench', programRootUrl(import.meta.url))));

const {runHostProcess} = await import('./process/run-host.ts');
await runHostProcess();
