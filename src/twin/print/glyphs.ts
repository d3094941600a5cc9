/** A rectangle along the axes, mm. */
export interface Rectangle {
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

/** Strokes of a letter in a box of 6 x 10: left, bottom, right, top. */
type Stroke = readonly [number, number, number, number];

const strokes = {
  top: [0, 8.4, 6, 10],
  middle: [0, 4.2, 6, 5.8],
  bottom: [0, 0, 6, 1.6],
  upperLeft: [0, 4.2, 1.6, 10],
  lowerLeft: [0, 0, 1.6, 5.8],
  upperRight: [4.4, 4.2, 6, 10],
  lowerRight: [4.4, 0, 6, 5.8],
} as const satisfies Readonly<Record<string, Stroke>>;
type StrokeName = keyof typeof strokes;

/** Seven strokes make the digits and the L. A mirrored 2 reads as a 5: the L beside it tells. */
const letters: Readonly<Record<string, readonly StrokeName[]>> = {
  '0': ['top', 'upperLeft', 'lowerLeft', 'bottom', 'lowerRight', 'upperRight'],
  '1': ['upperRight', 'lowerRight'],
  '2': ['top', 'upperRight', 'middle', 'lowerLeft', 'bottom'],
  '3': ['top', 'upperRight', 'middle', 'lowerRight', 'bottom'],
  '4': ['upperLeft', 'middle', 'upperRight', 'lowerRight'],
  '5': ['top', 'upperLeft', 'middle', 'lowerRight', 'bottom'],
  '6': ['top', 'upperLeft', 'middle', 'lowerLeft', 'lowerRight', 'bottom'],
  '7': ['top', 'upperRight', 'lowerRight'],
  '8': ['top', 'upperLeft', 'middle', 'lowerLeft', 'lowerRight', 'bottom', 'upperRight'],
  '9': ['top', 'upperLeft', 'upperRight', 'middle', 'lowerRight', 'bottom'],
  L: ['upperLeft', 'lowerLeft', 'bottom'],
};

const [letterWidth, letterHeight, letterGap] = [6, 10, 2.4];

/**
 * Strokes of a text in the middle of a box, as large as it has room for with a fifth left free; letters that there are
 * none of are left out.
 */
export function glyphRectangles(text: string, box: Rectangle): readonly Rectangle[] {
  const known = [...text].filter((letter) => letter in letters);
  const width = known.length * (letterWidth + letterGap) - letterGap;
  const [boxWidth, boxHeight] = [box.maxX - box.minX, box.maxY - box.minY];
  const unit = 0.8 * Math.min(boxWidth / width, boxHeight / letterHeight);
  const [left, bottom] = [
    (box.minX + box.maxX - unit * width) / 2,
    (box.minY + box.maxY - unit * letterHeight) / 2,
  ];
  return known.flatMap((letter, i) => {
    const start = left + unit * i * (letterWidth + letterGap);
    return letters[letter].map((name): Rectangle => {
      const [minX, minY, maxX, maxY] = strokes[name];
      return {
        minX: start + unit * minX,
        maxX: start + unit * maxX,
        minY: bottom + unit * minY,
        maxY: bottom + unit * maxY,
      };
    });
  });
}

/** As `glyphRectangles`, each as its four corners, counter-clockwise. */
export const glyphCorners = (text: string, place: Rectangle): Corners[] =>
  glyphRectangles(text, place).map(({minX, maxX, minY, maxY}) => [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
  ]);

type Corners = readonly (readonly [xMm: number, yMm: number])[];
