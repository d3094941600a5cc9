import {contextOf} from '../canvas-layer.ts';
import {cellPixel, type CellRules, type NeutralPixels} from '../colour/cell-class.ts';
import {colourLut} from '../colour/colour-maps.ts';
import {LivePlane} from '../plane/live-plane.ts';
import {pitchMm, type Plane} from '../plane/plane.ts';

/** Rows of a plane, both ends included. */
export interface RowSpan {
  readonly first: number;
  readonly last: number;
}

interface CellColours {
  readonly rules: CellRules;
  readonly neutral: NeutralPixels;
  /** Rows of a live plane that have not changed since are drawn already; -1 draws all. */
  readonly drawnVersion: number;
}

/**
 * The picture of a plane, one pixel a cell, the top row of the picture being the largest y. Colours again
 * only rows that changed since it last did.
 */
export class CellsPicture {
  readonly canvas = document.createElement('canvas');
  readonly #context = contextOf(this.canvas);
  #image: ImageData | null = null;
  #pixels = new Uint32Array(0);
  #plane: Plane | null = null;
  #rules: CellRules | null = null;
  #neutral: NeutralPixels | null = null;
  #drawnVersion = -1;

  /** Brings the picture up to date. Returns the rows that changed, or null for none. */
  update(plane: Plane, rules: CellRules, neutral: NeutralPixels): RowSpan | null {
    const isSame = this.#plane === plane && this.#rules === rules && this.#neutral === neutral;
    const span = isSame ? this.#changedRows(plane) : {first: 0, last: plane.rows - 1};
    if (plane !== this.#plane) this.#resize(plane);
    this.#plane = plane;
    this.#rules = rules;
    this.#neutral = neutral;
    const image = this.#image;
    if (!span || !image) return null;
    this.#colour(plane, span, {rules, neutral, drawnVersion: isSame ? this.#drawnVersion : -1});
    this.#drawnVersion = plane instanceof LivePlane ? plane.version : 0;
    const isFlipped = pitchMm(plane).yMm > 0;
    const top = isFlipped ? plane.rows - 1 - span.last : span.first;
    this.#context.putImageData(image, 0, 0, 0, top, plane.columns, span.last - span.first + 1);
    return span;
  }

  #changedRows(plane: Plane): RowSpan | null {
    if (!(plane instanceof LivePlane) || plane.version === this.#drawnVersion) return null;
    const {rowVersions} = plane;
    let first = -1;
    let last = -1;
    for (let row = 0; row < plane.rows; row++) {
      if (rowVersions[row] <= this.#drawnVersion) continue;
      if (first < 0) first = row;
      last = row;
    }
    return first < 0 ? null : {first, last};
  }

  #resize({rows, columns}: Plane): void {
    if (this.#image?.width === columns && this.#image.height === rows) return;
    this.canvas.width = columns;
    this.canvas.height = rows;
    this.#image = this.#context.createImageData(columns, rows);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  #colour(plane: Plane, span: RowSpan, {rules, neutral, drawnVersion}: CellColours): void {
    const lut = colourLut(rules.colourMap);
    const isFlipped = pitchMm(plane).yMm > 0;
    const {rows, columns, values} = plane;
    for (let row = span.first; row <= span.last; row++) {
      if (plane instanceof LivePlane && plane.rowVersions[row] <= drawnVersion) continue;
      let to = (isFlipped ? rows - 1 - row : row) * columns;
      for (let at = row * columns; at < (row + 1) * columns; at++)
        this.#pixels[to++] = cellPixel(values[at], rules, lut, neutral);
    }
  }
}
