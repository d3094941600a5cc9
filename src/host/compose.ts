/**
 * The one door to the host for programs: the command line and the host's process enter here. What is behind it is loaded
 * when it is asked for, so that looking at the door costs nothing.
 */
import type {runVirtual as RunVirtual} from '../virtual/main.ts';
import type {StartVirtualBench} from './bench-service/open-choice.ts';
import type {portTargetFrom as PortTargetFrom} from './instruments/check-target.ts';
import type {LocalHost, LocalHostOptions} from './local-host.ts';
import type {readPlanSpec as ReadPlanSpec} from './scan/read-plan.ts';
import type {readField as ReadField, writePlane as WritePlane} from './twin/plane-file.ts';
import type {assertExportable as AssertExportable, writePoints as WritePoints} from './scan/export-points.ts';

export type {LocalHost, LocalHostOptions} from './local-host.ts';
export {defaultDesignFolder} from './designs/default-design.ts';
export {assertWritable} from './files/assert-writable.ts';
export {writeWhole} from './files/write-whole.ts';
export {readBounded} from './files/read-bounded.ts';

/** Planes in files of this computer, from which and into which commands compute. */
export const readField: typeof ReadField = async (...args) =>
  (await import('./twin/plane-file.ts')).readField(...args);
export const writePlane: typeof WritePlane = async (...args) =>
  (await import('./twin/plane-file.ts')).writePlane(...args);

/** The plan that a text stands for, for a command that has no host yet. */
export const readPlanSpec: typeof ReadPlanSpec = async (...args) =>
  (await import('./scan/read-plan.ts')).readPlanSpec(...args);

/** Refuses an instrument that cannot be meant before a host is opened for it. */
export const assertTarget = async (...args: Parameters<typeof PortTargetFrom>): Promise<void> =>
  void (await import('./instruments/check-target.ts')).portTargetFrom(...args);

/** Refuses before anything is measured what could not be written on this computer afterwards. */
export const assertExportable: typeof AssertExportable = async (...args) =>
  (await import('./scan/export-points.ts')).assertExportable(...args);
export const writePoints: typeof WritePoints = async (...args) =>
  (await import('./scan/export-points.ts')).writePoints(...args);

/** The virtual instruments alone; resolves with the exit code. */
export const runVirtual: typeof RunVirtual = async (...args) =>
  (await import('../virtual/main.ts')).runVirtual(...args);

/** A virtual bench in a process of its own. */
export const startVirtualBench: StartVirtualBench = async ({plateModel, ...request}) =>
  (await import('../virtual/spawn.ts')).startVirtualBench({...request, settings: {plateModel}});

/** A host in this process, for a program that runs once. */
export const openLocalHost = async (options: LocalHostOptions): Promise<LocalHost> =>
  (await import('./local-host.ts')).openLocalHost({...options, startVirtualBench});
