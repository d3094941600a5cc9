/** What a study tells on its way: sentences to keep, and how far it is. */
export type StudyNews =
  | {readonly kind: 'note'; readonly text: string}
  /** In any unit of work, as it was estimated. */
  | {readonly kind: 'progress'; readonly done: number; readonly total: number; readonly text: string};
