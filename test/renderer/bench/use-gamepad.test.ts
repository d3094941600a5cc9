import {describe, expect, test} from 'vitest';
import {stickDirection} from '../../../src/renderer/features/bench/use-gamepad.ts';

describe('stick of a gamepad', () => {
  test('moves nothing inside the dead zone, and nothing for a stick that gives no number', () => {
    expect(stickDirection(0.1, -0.1)).toBeNull();
    expect(stickDirection(NaN, 0)).toBeNull();
  });

  test('points up on the stage when pushed away, at full speed at the rim', () => {
    expect(stickDirection(0, -1)).toEqual({x: 0, y: 1, z: 0});
  });

  test('begins at rest at the edge of the dead zone and is never faster than full speed', () => {
    const slow = stickDirection(0.21, 0);
    expect(slow?.x).toBeGreaterThan(0);
    expect(slow?.x).toBeLessThan(0.03);
    const corner = stickDirection(1, 1);
    expect(Math.hypot(corner?.x ?? 0, corner?.y ?? 0)).toBeCloseTo(1, 12);
  });
});
