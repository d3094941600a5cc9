import type {PlateMount} from '../../contract/devices.ts';

/** What was known of plates goes over to the mount that was connected anew: it may have lost its power meanwhile. */
export function handOver<M extends PlateMount>(before: PlateMount, fresh: M): M {
  for (const plate of before.plates) {
    const memory = before.memoryOf(plate);
    if (memory) fresh.recall(plate, memory);
  }
  return fresh;
}
