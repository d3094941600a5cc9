#!/usr/bin/env node
// Known vulnerabilities of the packages in package-lock.json, as the registry tells them: `npm run audit`. Exit code 0
// when it knows of none, 1 when it knows of some, 2 when it could not be asked, which says nothing about the packages.
// No part of `npm test`: the answer changes without a change here.
import {spawnSync} from 'node:child_process';
import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {shippedPackages} from './licences.mjs';

/** Lines to print and the exit code for what `npm audit --json` has said; `shipped` are names of shipped packages. */
export function judgeAudit(stdout, shipped) {
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return notAsked('npm audit did not answer in JSON');
  }
  const {vulnerabilities} = report;
  if (report.error !== undefined || typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    const said = [report.message, report.error?.summary, report.error?.detail].find((text) => text);
    return notAsked(said ?? 'its answer holds no list of vulnerabilities');
  }
  const found = Object.values(vulnerabilities);
  if (found.length === 0)
    return {code: 0, lines: ['The registry knows of no vulnerability in these versions.']};
  const lines = found.flatMap(({name, severity, range, via, fixAvailable}) => [
    `${severity}: ${name} ${range} (${shipped.has(name) ? 'shipped' : 'development only'}; ${fixAvailable ? 'a fix is known' : 'no fix is known'})`,
    ...via.map(
      (cause) => `  ${typeof cause === 'string' ? `through ${cause}` : `${cause.title}: ${cause.url}`}`,
    ),
  ]);
  return {code: 1, lines: [`The registry knows of ${found.length} packages with vulnerabilities:`, ...lines]};
}

const notAsked = (why) => ({
  code: 2,
  lines: [
    `The registry could not be asked for known vulnerabilities (${why}).`,
    'Nothing is known about the packages, neither good nor bad. Ask again where npm reaches a registry that answers `npm audit`.',
  ],
});

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const {stdout, error} = spawnSync('npm', ['audit', '--json'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 1e8,
    timeout: 120_000,
    shell: process.platform === 'win32',
  });
  const shipped = new Set(shippedPackages().map(({name}) => name));
  const {code, lines} = error ? notAsked(error.message) : judgeAudit(stdout, shipped);
  for (const line of lines) console.log(line);
  process.exitCode = code;
}
