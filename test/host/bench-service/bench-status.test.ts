import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import type {Status} from '../../../src/contract/api/index.ts';
import {createBenchStatus} from '../../../src/host/bench-service/bench-status.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const stage: NonNullable<Status['stage']> = {
  axes: ['x', 'y'],
  positionMm: {x: 0, y: 0},
  targetMm: null,
  isMoving: false,
  isHomed: true,
  trustBasis: 'homing',
  distrust: '',
  lastTrustedMm: null,
  limitsMm: {},
  keepOut: [],
  envelopeMm: null,
  utc: '2026-01-01T00:00:00.000Z',
};

test('an instrument that is found as it was is kept with its time, and sent once a second', () => {
  const status = createBenchStatus();
  status.update({stage});
  const sent = status.changeSignal.count;
  for (let reading = 1; reading <= 4; reading++) {
    vi.advanceTimersByTime(200);
    status.update({stage: {...stage, utc: `2026-01-01T00:00:00.${reading * 2}00Z`}});
  }
  expect(status.changeSignal.count).toBe(sent);
  expect(status.parts.stage?.utc).toBe('2026-01-01T00:00:00.800Z');
  vi.advanceTimersByTime(200);
  status.update({stage: {...stage, utc: '2026-01-01T00:00:01.000Z'}});
  expect(status.changeSignal.count).toBe(sent + 1);
});

test('whatever else has changed is sent at once', () => {
  const status = createBenchStatus();
  status.update({stage});
  const sent = status.changeSignal.count;
  status.update({stage: {...stage, positionMm: {x: 0.001, y: 0}}});
  status.update({stage: null});
  status.update({saved: {...status.parts.saved, pointCount: 1}});
  expect(status.changeSignal.count).toBe(sent + 3);
});
