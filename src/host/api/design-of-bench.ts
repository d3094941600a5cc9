import {defaultDesignFolder} from '../designs/default-design.ts';
import type {BenchService} from '../services.ts';

/**
 * Folder of the design that a measurement is compared with: the one that was named, else that of the plates on the open
 * virtual bench, else the shipped one.
 */
export const designFolderFor = ({openBench}: Pick<BenchService, 'openBench'>, named?: string): string =>
  named ?? openBench?.design?.folder ?? defaultDesignFolder;
