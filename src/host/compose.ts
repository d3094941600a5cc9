/** The one place where the parts of the host meet; command line and the app's process enter here. */
import {startVirtualBench} from '../virtual/spawn.ts';
import {createHost, type Host} from './create-host.ts';
import type {LocalHost, LocalHostOptions} from './local-host.ts';
import type {readField as ReadField, writePlane as WritePlane} from './twin/plane-file.ts';
import type {assertExportable as AssertExportable, writePoints as WritePoints} from './scan/export-points.ts';

export type {Host} from './create-host.ts';
export type {LocalHost, LocalHostOptions} from './local-host.ts';
export {runVirtual} from '../virtual/main.ts';
export {startVirtualBench} from '../virtual/spawn.ts';
export {defaultDesignFolder} from './designs/default-design.ts';
export {assertWritable} from './files/assert-writable.ts';

/** Planes in files of this computer, from which and into which commands compute. */
export const readField: typeof ReadField = async (...args) =>
  (await import('./twin/plane-file.ts')).readField(...args);
export const writePlane: typeof WritePlane = async (...args) =>
  (await import('./twin/plane-file.ts')).writePlane(...args);

/** Refuses before anything is measured what could not be written on this computer afterwards. */
export const assertExportable: typeof AssertExportable = async (...args) =>
  (await import('./scan/export-points.ts')).assertExportable(...args);
export const writePoints: typeof WritePoints = async (...args) =>
  (await import('./scan/export-points.ts')).writePoints(...args);

/** The long-lived host of windows and browsers; no bench is open yet. */
export const createHostProcess = (options: {readonly dataFolder?: string | undefined} = {}): Promise<Host> =>
  createHost({...options, startVirtualBench});

/** A host in this process, for a program that runs once. */
export const openLocalHost = async (options: LocalHostOptions): Promise<LocalHost> =>
  (await import('./local-host.ts')).openLocalHost({...options, startVirtualBench});
