import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {windowPlaceRecord} from '../contract/stored/file-records.ts';
import type {Rectangle} from './shell-parts.ts';
import {writeWholeFile} from './whole-file.ts';

export const smallestWindow = {width: 400, height: 480} as const;
const firstWindow = {width: 1440, height: 900} as const;
/** So much of a window must be on a screen, px: enough to grab its title. */
const visibleWidth = 160;
const visibleHeight = 40;
/** Rest after the last change before it is written, ms. */
const settleMs = 500;

/** Where a window stands; without a place the system chooses one. */
export interface WindowPlace {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly isMaximized: boolean;
}

/** The stored place if it can still be seen on the screens there are, else as much of it as is sensible. */
export function placeOnScreen(stored: unknown, workAreas: readonly Rectangle[]): WindowPlace {
  const place = readPlace(stored);
  const area = workAreas[0];
  if (!place) return {...fitSize(firstWindow, area), isMaximized: false};
  const {x, y, isMaximized} = place;
  const home = workAreas.find((candidate) => isVisibleOn(place, candidate));
  const size = fitSize(place, home ?? area);
  return home && x !== undefined && y !== undefined ? {...size, x, y, isMaximized} : {...size, isMaximized};
}

function fitSize(
  {width, height}: {readonly width: number; readonly height: number},
  area: Rectangle | undefined,
): {width: number; height: number} {
  return {
    width: Math.max(smallestWindow.width, Math.min(width, area?.width ?? width)),
    height: Math.max(smallestWindow.height, Math.min(height, area?.height ?? height)),
  };
}

function isVisibleOn({x, y, width}: WindowPlace, area: Rectangle): boolean {
  if (x === undefined || y === undefined) return false;
  const overlap = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return overlap >= visibleWidth && y >= area.y - 1 && y + visibleHeight <= area.y + area.height;
}

function readPlace(value: unknown): WindowPlace | undefined {
  const place = windowPlaceRecord.read(value).value;
  return (
    place && {
      x: Math.round(place.x),
      y: Math.round(place.y),
      width: Math.round(place.width),
      height: Math.round(place.height),
      isMaximized: place.isMaximized,
    }
  );
}

/** Keeps the place of the first window in a file. */
export class BoundsFile {
  private readonly path: string;
  private readonly onProblem: (error: unknown) => void;
  private timer: NodeJS.Timeout | undefined;
  private last: (() => WindowPlace) | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(folder: string, onProblem: (error: unknown) => void) {
    this.path = join(folder, 'window.json');
    this.onProblem = onProblem;
  }

  /** What is stored; undefined when there is nothing that can be read. */
  async read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.path, 'utf8')) as unknown;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.onProblem(error);
      return undefined;
    }
  }

  /** Writes the place when it has not changed for a moment. */
  note(placeOf: () => WindowPlace): void {
    this.last = placeOf;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), settleMs);
  }

  /** Writes at once what is waiting. A place that cannot be stored is no reason to disturb anybody. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    const place = this.last?.();
    this.last = undefined;
    if (place)
      this.writing = this.writing.then(() =>
        writeWholeFile(this.path, `${JSON.stringify(place)}\n`).catch(this.onProblem),
      );
    return this.writing;
  }
}
