/** What passes a position: code of the host, of a thread that works for it, of the virtual bench, of the command line. */
export type Passer = 'host' | 'thread' | 'virtual bench' | 'command line';

export const kindNames = [
  'scan',
  'campaign',
  'alignment',
  'correction by mounts',
  'training',
  'export',
  'migration',
  'settings write',
] as const;
export type KindName = (typeof kindNames)[number];

/** A place in the program where everything may end: a line `// @position NAME` of its source (kill-at.mjs). */
export interface Position {
  readonly name: string;
  readonly passer: Passer;
  /** What is done by then, for the table. */
  readonly done: string;
  /** By which kinds of work it is tried, and at which of the times that it is passed. */
  readonly tried: Partial<Readonly<Record<KindName, readonly number[]>>>;
}

const position = (passer: Passer, name: string, done: string, tried: Position['tried']): Position => ({
  name,
  passer,
  done,
  tried,
});

/** All of them. A test compares the list with the source, and the crash matrix ends at each. */
export const positions: readonly Position[] = [
  position('host', 'database.opened', 'database made or opened, nothing of this start written', {
    scan: [1],
    migration: [1],
  }),
  position('host', 'database.entered', 'this start is written down', {scan: [1], migration: [1]}),
  position('host', 'migration.copy-kept', 'copy of the earlier format is whole', {migration: [1]}),
  position('host', 'migration.step-uncommitted', 'one format further, not committed', {migration: [1, 3]}),
  position('host', 'migration.step-done', 'one format further', {migration: [1, 5]}),
  position('host', 'run.start-stored', 'start of a run', {scan: [1], campaign: [2]}),
  position('host', 'run.columns-stored', 'columns of a run', {scan: [1]}),
  position('host', 'run.point-storing', 'before a point is committed', {scan: [1, 13]}),
  position('host', 'run.point-stored', 'a point is committed, nobody was told', {
    scan: [1, 13],
    campaign: [40],
  }),
  position('host', 'run.stop-storing', 'all points, the stop is not', {scan: [1], campaign: [1]}),
  position('host', 'run.stop-stored', 'stop of a run', {scan: [1]}),
  position('host', 'campaign.session-opened', 'session with design', {campaign: [1]}),
  position('host', 'campaign.measured', 'all digits measured', {campaign: [1]}),
  position('host', 'campaign.report-written', 'report, result not stored', {campaign: [1]}),
  position('host', 'campaign.result-stored', 'result', {campaign: [1]}),
  position('host', 'alignment.found', 'found, nothing stored', {alignment: [1]}),
  position('host', 'alignment.planes-stored', 'planes stored, record not', {alignment: [1]}),
  position('host', 'alignment.stored', 'record', {alignment: [1]}),
  position('thread', 'alignment.planes-read', 'planes read', {alignment: [1]}),
  position('thread', 'alignment.computed', 'computed, not handed over', {alignment: [1]}),
  position('host', 'correction.begun', 'the plan is written down', {'correction by mounts': [1]}),
  position('host', 'correction.move-noted', 'a move is written down, nothing moved', {
    'correction by mounts': [1, 2],
  }),
  position('host', 'correction.plate-moved', 'a plate has moved, its end is not written', {
    'correction by mounts': [1, 2],
  }),
  position('host', 'correction.move-ended', 'the end of a move', {'correction by mounts': [1]}),
  position('host', 'correction.all-moved', 'all plates moved', {'correction by mounts': [1]}),
  position('host', 'correction.done', 'the correction is closed', {'correction by mounts': [1]}),
  position('thread', 'training.epoch-computed', 'an epoch, nothing written', {training: [1, 2]}),
  position('thread', 'training.design-written', 'its design', {training: [1]}),
  position('thread', 'training.record-written', 'its record', {training: [2]}),
  position('thread', 'training.arrays-written', 'arrays of the checkpoint, not its name', {training: [1, 2]}),
  position('thread', 'training.checkpoint-written', 'its checkpoint', {training: [1]}),
  position('thread', 'export.points-read', 'nothing of the file', {export: [1]}),
  position('host', 'settings.locked', 'settings are locked', {'settings write': [1]}),
  position('host', 'file.draft-begun', 'an empty draft beside the file', {
    'settings write': [1],
    export: [1],
    training: [1, 4],
    campaign: [1],
  }),
  position('host', 'file.draft-safe', 'a whole draft beside the file', {
    'settings write': [1],
    export: [1],
    training: [3],
  }),
  position('host', 'file.in-place', 'the file', {'settings write': [1], export: [1], training: [2]}),
  position('command line', 'command.asking', 'before it asks the host', {
    scan: [2],
    campaign: [2],
    export: [2],
  }),
  position('command line', 'command.following', 'while it follows the run', {scan: [2], campaign: [3]}),
  position('virtual bench', 'virtual.starting', 'nothing answers yet', {scan: [1]}),
  position('virtual bench', 'virtual.asked', 'a command has arrived, no answer', {
    scan: [30, 120, 260],
    campaign: [400],
  }),
];
