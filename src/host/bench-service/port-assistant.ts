import {existsSync} from 'node:fs';
import {z} from 'zod';
import {parseBoundedJson} from '../../base/bounded-json.ts';
import {createClock} from '../../base/clock.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {createRegistry, type ProbeResult, type Registry} from '../devices/registry.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {writeWhole} from '../files/write-whole.ts';
import {linkFromPortName} from '../serial/port-name.ts';
import {listPorts, type PortInfo} from '../serial/list-ports.ts';
import {createPortLocks, type PortKey} from '../serial/port-lock.ts';
import type {TraceEntry} from '../serial/trace.ts';

/** What answered at an adapter when it was last asked. */
const rememberedSchema = z.object({driver: z.string(), identity: z.string(), utc: z.string()});
const memorySchema = z.record(z.string(), rememberedSchema);
export type RememberedInstrument = z.infer<typeof rememberedSchema>;

export interface KnownPort extends PortInfo {
  /** Role at the open bench that uses it, or the process that holds it; ''. */
  readonly usedBy: string;
  readonly remembered: RememberedInstrument | null;
}

export interface Identified {
  readonly found: ProbeResult | null;
  readonly tried: readonly {readonly driver: string; readonly text: string}[];
}

/** Which port is what: lists them, asks one, remembers the answer by the adapter's own identity. */
export interface PortAssistant {
  list(): Promise<KnownPort[]>;
  /** Asks driver after driver, or one. Throws `port/busy` when the port is in use. RF stays off and nothing moves. */
  identify(path: string, driver?: string): Promise<Identified>;
  /** Notes what answered, for an instrument that was connected otherwise. */
  remember(path: string, driver: string, identity: string): Promise<void>;
}

export interface PortAssistantOptions {
  /** Where the memory is kept. */
  readonly memoryPath: string;
  /** Ports of the open bench by role. */
  readonly used: () => readonly {readonly path: string; readonly role: string}[];
  readonly onTrace: (role: string, entry: TraceEntry) => void;
  readonly onDamaged: (sentence: string) => void;
  readonly list?: () => Promise<readonly PortInfo[]>;
}

const keyOf = (path: string): PortKey => {
  const link = linkFromPortName(path);
  return link.host !== undefined && link.tcpPort !== undefined
    ? {kind: 'tcp', host: link.host, port: link.tcpPort}
    : {kind: 'serial', path};
};

export function createPortAssistant(options: PortAssistantOptions): PortAssistant {
  const {memoryPath, used, onTrace, onDamaged} = options;
  const list = options.list ?? (() => listPorts());
  const locks = createPortLocks();
  const memory = createPortMemory(memoryPath, onDamaged);

  const usedByOf = async (path: string): Promise<string> => {
    const own = used().find((port) => port.path === path);
    if (own) return own.role;
    const holder = await locks.holderOf(keyOf(path));
    if (!holder) return '';
    return holder.pid === process.pid ? 'this program' : `process ${holder.pid}`;
  };

  const remember = async (path: string, driver: string, identity: string): Promise<void> => {
    const port = (await list()).find((known) => known.path === path);
    await memory.note(port?.identity || path, {driver, identity, utc: new Date().toISOString()});
  };

  return {
    async list() {
      const known = await memory.read();
      const plugged = await list();
      const others = used()
        .filter(({path}) => plugged.every((port) => port.path !== path))
        .map(({path}) => ({path, description: '', identity: ''}));
      return Promise.all(
        [...plugged, ...others].map(async (port) => ({
          ...port,
          usedBy: await usedByOf(port.path),
          remembered: known[port.identity || port.path] ?? null,
        })),
      );
    },
    async identify(path, driver) {
      const usedBy = await usedByOf(path);
      if (usedBy !== '')
        throw new BenchError(
          'port/busy',
          `${path} is in use by ${usedBy}. Nothing was sent to it; close what uses it first, or ask another port.`,
          {details: {port: path, usedBy}},
        );
      const registry = createRegistry({
        clock: createClock(),
        locks,
        onTrace: (entry) => onTrace('port', entry),
      });
      const answer = await tryDrivers(registry, path, driver);
      if (answer.found) await remember(path, answer.found.driver, answer.found.identity.text.trim());
      return answer;
    },
    remember,
  };
}

type PortMemory = Readonly<Record<string, RememberedInstrument>>;

/** What answered at which adapter, kept in a file that is read once and written whole at every change. */
function createPortMemory(path: string, onDamaged: (sentence: string) => void) {
  let memory: Promise<Record<string, RememberedInstrument>> | undefined;
  let writing = Promise.resolve();

  const readFile = async (): Promise<Record<string, RememberedInstrument>> => {
    if (!existsSync(path)) return {};
    try {
      const bytes = await readBounded(path, fileLimitBytes.settings, {
        subject: `The memory of ports ${path}`,
        whenMissing: '',
        whenUnusable: '',
      });
      return memorySchema.parse(parseBoundedJson(new TextDecoder().decode(bytes), fileLimitBytes.settings));
    } catch {
      // It is only a memory: asking again makes a new one.
      onDamaged(`${path} could not be read and is begun anew: what answered at which port is asked again.`);
      return {};
    }
  };
  const known = (): Promise<Record<string, RememberedInstrument>> => (memory ??= readFile());

  return {
    read: (): Promise<PortMemory> => known(),
    async note(adapter: string, instrument: RememberedInstrument): Promise<void> {
      const all = await known();
      all[adapter] = instrument;
      writing = writing.then(() => writeWhole(path, `${JSON.stringify(all, null, 2)}\n`, {isPrivate: true}));
      await writing;
    },
  };
}

async function tryDrivers(registry: Registry, path: string, only: string | undefined): Promise<Identified> {
  const tried: {driver: string; text: string}[] = [];
  for (const driver of only === undefined ? registry.drivers.map(({name}) => name) : [only]) {
    try {
      const found = await registry.probe(driver, linkFromPortName(path));
      return {
        found,
        tried: [...tried, {driver, text: `${found.model} answered: ${found.identity.text.trim()}`}],
      };
    } catch (error) {
      if (isAbort(error)) throw error;
      const known = benchErrorFrom(error);
      // The port itself does not open: no other driver would do better.
      if (['port/not-found', 'port/busy', 'port/open-failed', 'device/unknown'].includes(known.code))
        throw known;
      tried.push({driver, text: known.message});
    }
  }
  return {found: null, tried};
}
