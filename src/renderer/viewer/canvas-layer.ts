import {remOf, subscribeTheme, themeTokens} from './theme-tokens.ts';

/**
 * A canvas whose units are drawing pixels: CSS pixels at the default size of the window, so that lines, words and margins
 * grow with everything else, and are sharp whatever the screen's density.
 */
export interface CanvasLayer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
}

/** Makes a canvas layer that lies absolutely in `parent` and lets the pointer through. */
export function addLayer(parent: HTMLElement): CanvasLayer {
  const canvas = document.createElement('canvas');
  canvas.style.cssText = 'position:absolute;left:0;top:0;pointer-events:none';
  parent.append(canvas);
  return {canvas, context: contextOf(canvas)};
}

/** The 2D context of a canvas. Throws where the browser gives none. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2D canvas, so nothing can be drawn.');
  return context;
}

/** Places a layer (drawing pixels) and gives it one device pixel per pixel. Clears it when its size changed. */
export function placeLayer(
  {canvas, context}: CanvasLayer,
  place: {left: number; top: number; width: number; height: number},
  ratio: number,
): void {
  const width = Math.max(1, Math.round(place.width * ratio));
  const height = Math.max(1, Math.round(place.height * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  canvas.style.left = remOf(place.left);
  canvas.style.top = remOf(place.top);
  canvas.style.width = remOf(width / ratio);
  canvas.style.height = remOf(height / ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/**
 * Watches the size of an element in drawing pixels, and how many device pixels one of them has. Returns the way to end
 * it.
 */
export function watchSize(
  element: HTMLElement,
  onSize: (widthPx: number, heightPx: number, ratio: number) => void,
): () => void {
  const report = () => {
    const {scale} = themeTokens();
    const ratio = (window.devicePixelRatio || 1) * scale;
    onSize(element.clientWidth / scale, element.clientHeight / scale, ratio);
  };
  const observer = new ResizeObserver(report);
  observer.observe(element);
  // Dragging the window to another screen changes the density and sometimes no size.
  window.addEventListener('resize', report);
  // Another size of everything changes the size in drawing pixels, and sometimes none in CSS pixels.
  const stopTheme = subscribeTheme(report);
  report();
  return () => {
    observer.disconnect();
    stopTheme();
    window.removeEventListener('resize', report);
  };
}
