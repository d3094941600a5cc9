import {countOf} from '../../base/count-text.ts';
import {readFile} from 'node:fs/promises';
import {programRootUrl} from '../../base/module-url.ts';
import type {Settings} from '../../contract/api/index.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {programVersion} from '../version.ts';
import {examineInThread} from '../doctor/doctor-thread.ts';
import {examineBench} from '../doctor/examine-bench.ts';
import {attempt} from '../doctor/finding.ts';
import {hooksFor, targetFor} from './at-instrument.ts';
import {backupFolderOf} from '../data-folder.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';

/** What the API tells of the program that hosts it. */
export interface AppFacts {
  /** Links by scope, for those who may give them on. */
  readonly links: () => readonly {readonly scope: 'read' | 'operate' | 'admin'; readonly url: string}[];
  readonly openApiPath: string;
}

const rulesPath = 'resources/udev/60-d2nn-bench.rules';

/** A folder for backups that is not the data folder's own is named by those who may name any. */
const changeSettingsOf = ({settings, data}: LiveServices) =>
  os.app.changeSettings.handler(({input, context}) => {
    const {backupFolder = ''} = input;
    if (backupFolder !== '' && backupFolder !== settings.get().backupFolder)
      namedPath(backupFolder, {within: [backupFolderOf(data)], subject: 'change-settings'}, context);
    return settings.change(givenOf(input));
  });

/** The program itself: what it is, what the window chose, what happened, and STOP. */
export const appApi = (services: LiveServices, {links, openApiPath}: AppFacts) => {
  const {bench, data, hostId, logFeed, settings, startedUtc, store} = services;
  return {
    info: os.app.info.handler(({context}) => ({
      hostId,
      hostPid: process.pid,
      version: programVersion,
      scope: context.scope,
      startedUtc,
      dataFolder: data.path,
      platform: `${process.platform} ${process.arch}`,
      nodeVersion: process.version,
      electronVersion: process.versions['electron'] ?? null,
      links: context.scope === 'admin' ? [...links()] : [],
      openApiPath,
    })),
    installation: os.app.installation.handler(async ({signal}) => {
      const findings = await examineInThread({dataFolder: data.path, isDataChecked: false}, signal);
      return {
        lines: findings.map(({name, isWorking, detail}) => ({name, isPresent: isWorking, text: detail})),
        ...(await readUdevRules()),
      };
    }),
    examine: os.app.examine.handler(async ({input, context, signal}) => {
      const {isDataChecked, timeoutScale} = input;
      const {benchPath} = targetFor({benchPath: input.benchPath}, context);
      const found = await examineInThread({dataFolder: data.path, isDataChecked}, signal);
      const hooks = hooksFor(services, context, {signal});
      const asked = benchPath === undefined ? [] : await examineBench({benchPath, timeoutScale}, hooks);
      // The thread has only looked at it: whether anything can be stored is tried here, by the one that stores.
      const database = await attempt('database', true, () => {
        if (store.readOnlyBecause) throw store.readOnlyBecause;
        return `${countOf(store.listSessions(1000).length, 'session')}`;
      });
      const findings = [...found, ...asked].map((finding) =>
        finding.name === 'database' && finding.isWorking ? database : finding,
      );
      return {findings: findings.map((finding) => ({...finding}))};
    }),
    settings: os.app.settings.handler(() => settings.get()),
    changeSettings: changeSettingsOf(services),
    log: os.app.log.handler(async ({input, signal}) => {
      const {entries, first, last, lostCount} = await logFeed.follow({...input, signal});
      return {
        hostId,
        last,
        lostCount,
        entries: entries.map((entry, index) => ({...entry, id: first + index})),
      };
    }),
    audit: os.app.audit.handler(async ({input, signal}) => {
      // Loaded when it is needed: the frame of a window does without.
      const {dataServicesOf} = await import('./data-services.ts');
      return dataServicesOf(services).lookups.ask('audit', input, signal);
    }),
    shutDown: os.app.shutDown.handler(async () => ({
      problems: await services.shutDown('it was ended from a window'),
    })),
    halt: os.app.halt.handler(({input}) => bench.halt(input.reason)),
  };
};

const givenOf = (changes: {readonly [K in keyof Settings]?: Settings[K] | undefined}): Partial<Settings> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

/** The rules that are shipped for Linux, and what to do with them. */
async function readUdevRules(): Promise<{udevRules: string; udevAdvice: string}> {
  if (process.platform !== 'linux')
    return {
      udevRules: '',
      udevAdvice: 'This system needs no rules: its serial ports are open to every user.',
    };
  try {
    return {
      udevRules: await readFile(new URL(rulesPath, programRootUrl(import.meta.url)), 'utf8'),
      udevAdvice:
        'Save the rules as /etc/udev/rules.d/60-d2nn-bench.rules, run "sudo udevadm control --reload" and plug the instruments in again.',
    };
  } catch (error) {
    return {
      udevRules: '',
      udevAdvice: `The rules that belong to this program are missing (${(error as Error).message}): install it again, or join the group that owns the ports.`,
    };
  }
}
