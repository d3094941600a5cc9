import {instrumentKinds} from '../../contract/instruments.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {probeInstrument} from '../instruments/one-instrument.ts';
import type {InstrumentHooks} from '../instruments/open-instrument.ts';
import {attempt, type Finding} from './finding.ts';

/**
 * Asks every instrument of a bench file who it is, each by itself, so that one that is silent does not hide the others.
 * RF goes off and nothing moves. Throws `file/invalid` or `file/not-found` for the file.
 */
export async function examineBench(
  target: {readonly benchPath: string; readonly timeoutScale?: number | undefined},
  hooks: InstrumentHooks,
): Promise<Finding[]> {
  const file = await readBenchFile(target.benchPath, hooks.signal);
  const found: Finding[] = [];
  for (const kind of instrumentKinds) {
    const config = file[kind];
    if (!config) continue;
    hooks.signal?.throwIfAborted();
    const probe = async (): Promise<string> => {
      const {port, identity} = await probeInstrument({...target, role: config.role}, hooks);
      return `${port}: ${identity.text.trim()}`;
    };
    found.push(await attempt(`${file.name}: ${config.role}`, true, probe));
  }
  return found;
}
