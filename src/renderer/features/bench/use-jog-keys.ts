import {type KeyboardEvent, useEffect, useRef} from 'react';
import type {Direction} from './jog-drive.ts';

const keyDirections: Readonly<Record<string, Direction>> = {
  ArrowLeft: {x: -1, y: 0, z: 0},
  ArrowRight: {x: 1, y: 0, z: 0},
  ArrowUp: {x: 0, y: 1, z: 0},
  ArrowDown: {x: 0, y: -1, z: 0},
  PageUp: {x: 0, y: 0, z: 1},
  PageDown: {x: 0, y: 0, z: -1},
};

export interface JogKeysOptions {
  readonly isArmed: boolean;
  /** Keys that are down now, as one direction with the factor of Shift (x10) or Ctrl (/10). */
  readonly onHold: (direction: Direction, factor: number) => void;
  /** A key went down, once however long it is held. */
  readonly onPress: (direction: Direction, factor: number) => void;
  readonly onRelease: () => void;
}

interface KeyHandlers {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onKeyUp: (event: KeyboardEvent) => void;
  readonly onBlur: () => void;
}

/** Arrow keys and page keys of the pad that has the focus, while jog is armed; two keys together go diagonally. */
export function useJogKeys({isArmed, onHold, onPress, onRelease}: JogKeysOptions): KeyHandlers {
  const down = useRef(new Map<string, Direction>());
  const releaseAll = (): void => {
    if (down.current.size === 0) return;
    down.current.clear();
    onRelease();
  };
  useEffect(() => {
    const keys = down.current;
    return () => keys.clear();
  }, [isArmed]);
  const holdNow = (event: KeyboardEvent): void => {
    const sum = [...down.current.values()].reduce(
      (all, one) => ({x: all.x + one.x, y: all.y + one.y, z: all.z + one.z}),
      {x: 0, y: 0, z: 0},
    );
    if (sum.x === 0 && sum.y === 0 && sum.z === 0) onRelease();
    else onHold(sum, factorOf(event));
  };
  return {
    onKeyDown: (event) => {
      const direction = keyDirections[event.key];
      if (!isArmed) return;
      if (event.key === 'Shift' || event.key === 'Control') {
        if (down.current.size > 0) holdNow(event);
        return;
      }
      if (!direction) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.repeat) return;
      down.current.set(event.key, direction);
      onPress(direction, factorOf(event));
      holdNow(event);
    },
    onKeyUp: (event) => {
      if (event.key === 'Shift' || event.key === 'Control') {
        if (down.current.size > 0) holdNow(event);
        return;
      }
      if (!down.current.delete(event.key)) return;
      event.preventDefault();
      holdNow(event);
    },
    onBlur: releaseAll,
  };
}

const factorOf = ({shiftKey, ctrlKey}: KeyboardEvent): number => (shiftKey ? 10 : ctrlKey ? 0.1 : 1);
