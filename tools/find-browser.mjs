// Finds the browser that the tests and screenshots of the window are made with: Chromium, Chrome or Edge. Where there
// is none and this is a Debian whose packages we may install, Debian's Chromium is installed; else one line says what
// to do.
import {spawnSync} from 'node:child_process';
import {accessSync, constants, existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

const knownPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) => {
    const folder = process.env[variable];
    return folder === undefined
      ? []
      : [
          join(folder, 'Google/Chrome/Application/chrome.exe'),
          join(folder, 'Chromium/Application/chrome.exe'),
          join(folder, 'Microsoft/Edge/Application/msedge.exe'),
        ];
  }),
  linux: ['/snap/bin/chromium', '/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'],
};

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Path of a browser, or undefined. `D2NN_BENCH_BROWSER` names one; a wrong one is an error, not a reason to look on. */
export function findBrowser(env = process.env) {
  const asked = env.D2NN_BENCH_BROWSER;
  if (asked !== undefined && asked !== '') {
    if (!isProgram(asked)) throw new Error(`D2NN_BENCH_BROWSER names ${asked}, which is no program here.`);
    return asked;
  }
  const inPath = (env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...inPath, ...(knownPlaces[process.platform] ?? [])].find(isProgram);
}

const advice =
  'No Chromium, Chrome or Edge was found, so the window cannot be tested. Install one (Debian: apt-get install chromium), ' +
  'or name it in D2NN_BENCH_BROWSER, then run the same command again.';

/** As `findBrowser`; installs Debian's Chromium where that is allowed. Throws the advice when there is none. */
export function requireBrowser(say = (text) => process.stderr.write(`${text}\n`)) {
  const found = findBrowser();
  if (found !== undefined) return found;
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
  if (!isDebian || process.getuid?.() !== 0) throw new Error(advice);
  say("No browser is installed: installing Debian's Chromium for the tests of the window ...");
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'},
      timeout: 300_000,
    }).status === 0;
  const isInstalled =
    apt('install', '-y', '--no-install-recommends', 'chromium') ||
    (apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium'));
  const installed = findBrowser();
  if (!isInstalled || installed === undefined) throw new Error(`${advice} (apt-get could not install it.)`);
  return installed;
}
