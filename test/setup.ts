/** Runs around every test: a test that prints, or leaves a rejection nobody handled, fails. */
import {setImmediate} from 'node:timers/promises';
import {format} from 'node:util';
import {afterAll, afterEach, beforeEach, vi} from 'vitest';

const watchedMethods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;
const printed: string[] = [];
const rejections: unknown[] = [];

const note = (reason: unknown): void => void rejections.push(reason);
process.on('unhandledRejection', note);
// A worker may run more files after this one, each with a listener of its own.
afterAll(() => void process.off('unhandledRejection', note));

beforeEach(() => {
  printed.length = 0;
  rejections.length = 0;
  for (const method of watchedMethods)
    // A test that expects output spies on the method itself and so takes it over from here.
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      printed.push(`console.${method}: ${format(...parts)}`);
    });
});

afterEach(async () => {
  // Rejections are reported after the microtasks of the turn in which they happened.
  await setImmediate();
  vi.restoreAllMocks();
  if (printed.length > 0) throw new Error(`The test wrote to the console:\n${printed.join('\n')}`);
  if (rejections.length > 0)
    throw new Error(`The test left ${rejections.length} unhandled rejection(s).`, {cause: rejections[0]});
});
