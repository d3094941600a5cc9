import {useEffect, useRef, useState} from 'react';
import type {Direction} from './jog-drive.ts';

/** How far the stick must leave its middle: worn sticks do not come back to zero. */
const deadZone = 0.2;
const lookEveryMs = 50;

/** The left stick as a direction with lengths from 0 to 1; y of a stick points down. Null in the dead zone. */
export function stickDirection(axisX: number, axisY: number): Direction | null {
  const length = Math.hypot(axisX, axisY);
  if (!(length > deadZone)) return null;
  const strength = Math.min(1, (length - deadZone) / (1 - deadZone)) / length;
  return {x: axisX * strength, y: axisY === 0 ? 0 : -axisY * strength, z: 0};
}

/** Jogs by the left stick of a gamepad, only while armed. Returns the name of the pad, if there is one. */
export function useGamepad(
  isArmed: boolean,
  onHold: (direction: Direction) => void,
  onRelease: () => void,
): string | null {
  const [name, setName] = useState<string | null>(null);
  const latest = useRef({onHold, onRelease});
  useEffect(() => {
    latest.current = {onHold, onRelease};
  });
  useEffect(() => {
    let isHeld = false;
    const timer = setInterval(
      () => {
        const pad = navigator.getGamepads().find((candidate) => candidate?.connected) ?? null;
        setName(pad?.id ?? null);
        const direction = pad && isArmed ? stickDirection(pad.axes[0] ?? 0, pad.axes[1] ?? 0) : null;
        if (direction) latest.current.onHold(direction);
        else if (isHeld) latest.current.onRelease();
        isHeld = direction !== null;
      },
      isArmed ? lookEveryMs : 1000,
    );
    return () => clearInterval(timer);
  }, [isArmed]);
  return name;
}
