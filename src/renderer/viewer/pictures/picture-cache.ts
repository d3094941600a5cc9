import {contextOf} from '../canvas-layer.ts';

interface SizePx {
  readonly width: number;
  readonly height: number;
}

interface CachedPicture {
  /** The picture goes when this is gone. */
  readonly subject: object;
  readonly style: string;
  readonly paint: (target: HTMLCanvasElement) => void;
}

/** Keeps painted pictures, the least recently used go first; pictures of a plane go with the plane. */
export class PictureCache {
  readonly #capacity: number;
  readonly #ids = new WeakMap<object, number>();
  readonly #pictures = new Map<string, HTMLCanvasElement>();
  #nextId = 0;

  /** Room for so many pictures. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Sizes `canvas` (device pixels) and shows the picture of `subject` and `look`, painting it when it is new. */
  paintInto(canvas: HTMLCanvasElement, size: SizePx, {subject, style, paint}: CachedPicture): void {
    canvas.width = size.width;
    canvas.height = size.height;
    contextOf(canvas).drawImage(this.#picture(size, {subject, style, paint}), 0, 0);
  }

  #picture(size: SizePx, {subject, style, paint}: CachedPicture): HTMLCanvasElement {
    const id = this.#ids.get(subject) ?? this.#nextId++;
    this.#ids.set(subject, id);
    const key = `${id} ${style}`;
    const known = this.#pictures.get(key);
    if (known) {
      this.#pictures.delete(key);
      this.#pictures.set(key, known);
      return known;
    }
    const made = document.createElement('canvas');
    made.width = size.width;
    made.height = size.height;
    paint(made);
    this.#pictures.set(key, made);
    const oldest = this.#pictures.keys().next();
    if (this.#pictures.size > this.#capacity && !oldest.done) this.#pictures.delete(oldest.value);
    return made;
  }
}
