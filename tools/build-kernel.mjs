// Builds the WebAssembly kernel from its AssemblyScript source and embeds it in a TypeScript file, so that the
// twin needs no file access. --check compares with what is committed instead of writing.
import {createHash} from 'node:crypto';
import {mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folderOfSource = join(root, 'src/twin/kernel/assembly');
const source = join(folderOfSource, 'index.ts');
const target = join(root, 'src/twin/kernel/fft-wasm.ts');
const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
try {
  const binary = join(folder, 'kernel.wasm');
  const {error, stderr} = await asc.main([
    source,
    ...['--outFile', binary],
    ...[
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--initialMemory',
      '1',
      '--enable',
      'simd',
    ],
  ]);
  if (error) {
    process.stderr.write(`${stderr.toString()}\nThe kernel does not compile: ${error.message}\n`);
    process.exit(1);
  }
  const bytes = readFileSync(binary);
  const lines = bytes.toString('base64').match(/.{1,110}/g) ?? [];
  const text = [
    '// Made by `npm run build:kernel` from assembly/index.ts; do not edit.',
    `// source sha256 ${hashOfSource()}`,
    '/** The WebAssembly module of the FFT kernel, base64. */',
    'export const fftWasmBase64 =',
    ...lines.map((line, i) => `  '${line}'${i === lines.length - 1 ? ';' : ' +'}`),
    '',
  ].join('\n');
  if (process.argv.includes('--check')) {
    if (readFileSync(target, 'utf8') !== text) {
      process.stderr.write(
        'src/twin/kernel/fft-wasm.ts is not what its source builds: run npm run build:kernel.\n',
      );
      process.exit(1);
    }
    process.stderr.write('The committed kernel is what its source builds.\n');
  } else {
    writeFileSync(target, text);
    process.stderr.write(`Kernel built: ${bytes.length} bytes.\n`);
  }
} finally {
  rmSync(folder, {recursive: true, force: true});
}

function hashOfSource() {
  const hash = createHash('sha256');
  const files = readdirSync(folderOfSource).filter((name) => name.endsWith('.ts'));
  for (const name of files.sort()) hash.update(readFileSync(join(folderOfSource, name)));
  return hash.digest('hex');
}
