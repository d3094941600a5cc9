import {inject} from 'vitest';
import type {BenchChoice} from '../../src/contract/api/index.ts';
import {benchStatusWhen} from './acts.ts';
import {askHost, startApp, type RunningApp} from './app.ts';

/** What a test may choose of its virtual bench. */
export interface SmallBench extends Partial<
  Omit<Extract<BenchChoice, {kind: 'virtual'}>, 'kind' | 'designFolder'>
> {
  /** Plates of the bench, two unless given. */
  readonly plates?: 'two' | 'five';
}

/** Opens a virtual bench with small plates at a program that runs; its light takes little time to compute. */
export async function openSmallBench(link: string, {plates = 'two', ...choice}: SmallBench): Promise<void> {
  const designFolder = inject('smallDesigns')[plates];
  // Their designs take plates as thin, and so is the light that is computed for them.
  await askHost(link, '/bench/open', {kind: 'virtual', designFolder, plateModel: 'thin', ...choice});
  await benchStatusWhen(link, ({bench}) => bench.state === 'open');
}

/** Closes the bench that is open and opens a virtual one with small plates. */
export async function reopenSmallBench(link: string, choice: SmallBench): Promise<void> {
  await askHost(link, '/bench/close', {});
  await openSmallBench(link, choice);
}

/** Runs `npm start` and opens a virtual bench with small plates. */
export async function startOnSmallBench(choice: SmallBench): Promise<RunningApp> {
  const app = await startApp();
  try {
    await openSmallBench(app.url, choice);
    return app;
  } catch (error) {
    await app[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Starts the program on a quick bench with small plates and measures one digit, so that every page has something to show;
 * opens another bench, `later`, for what is done then.
 */
export async function startWithCampaign(later: SmallBench = {}): Promise<RunningApp> {
  const app = await startOnSmallBench({speed: 200});
  try {
    await askHost(app.url, '/campaign/start', {
      designFolder: inject('smallDesigns').two,
      digitCount: 1,
      stepMm: 4,
      marginMm: 0,
      referenceEvery: 0,
      title: 'one digit',
    });
    await benchStatusWhen(app.url, ({run}) => run?.exitStatus === 'success');
    // From here on nothing is measured, and a clock that races costs the machine much.
    await reopenSmallBench(app.url, {speed: 1, ...later});
    return app;
  } catch (error) {
    await app[Symbol.asyncDispose]();
    throw error;
  }
}
