import {describe, expect, it} from 'vitest';
import {lastScanOf} from '../../../src/renderer/features/scan/use-shown-run.ts';

const run = (uid: string, planName: string, isGrid: boolean) => ({uid, planName, isGrid});

describe('the run that the scan page begins with', () => {
  it('is the newest scan, not a part of a campaign that came later', () => {
    const recent = [run('d', 'dark-level', false), run('c', 'campaign-scan', true), run('l', 'line', false)];
    expect(lastScanOf(recent)).toBe('l');
  });

  it('is the newest plane where no scan was made', () => {
    expect(lastScanOf([run('d', 'dark-level', false), run('c', 'campaign-scan', true)])).toBe('c');
    expect(lastScanOf([run('d', 'dark-level', false)])).toBeNull();
    expect(lastScanOf([])).toBeNull();
  });
});
