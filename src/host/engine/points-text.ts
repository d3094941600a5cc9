/** First and last number of points by stream. */
export type PointRanges = Readonly<Record<string, readonly [first: number, last: number]>>;

/** `points 3 to 7, point 2 of "dark"`; '' for none. */
export const pointsText = (points: PointRanges): string =>
  Object.entries(points)
    .map(
      ([stream, [first, last]]) =>
        `${first === last ? `point ${first}` : `points ${first} to ${last}`}${stream === 'primary' ? '' : ` of "${stream}"`}`,
    )
    .join(', ');
