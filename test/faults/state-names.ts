/** What a bench is doing when something goes wrong. */
export const stateNames = [
  'idle',
  'home',
  'move',
  'dwell',
  'read',
  'pause',
  'abort',
  'correction by mounts',
  'training',
] as const;
export type StateName = (typeof stateNames)[number];
