import {fileURLToPath} from 'node:url';
import react from '@vitejs/plugin-react';
import {defineConfig} from 'vite';

/** Builds the window's page into dist/renderer; window and browser load the same files. */
export default defineConfig({
  root: fileURLToPath(new URL('src/renderer', import.meta.url)),
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome134',
    chunkSizeWarningLimit: 1500,
  },
  // As modules, so that a thread loads the optics when it needs them.
  worker: {format: 'es'},
  css: {modules: {localsConvention: 'camelCaseOnly'}},
});
