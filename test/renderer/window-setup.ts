/**
 * What the document of the tests lacks: a size, gamepads (there are none), and canvases that can be drawn on. Nothing
 * looks at the pictures.
 */
const sizePx = {clientWidth: 1400, clientHeight: 900, offsetWidth: 1400, offsetHeight: 900};
for (const [name, value] of Object.entries(sizePx))
  Object.defineProperty(HTMLElement.prototype, name, {configurable: true, get: () => value});

Object.defineProperty(navigator, 'getGamepads', {configurable: true, value: () => []});

const returned: Readonly<Record<string, (...args: number[]) => unknown>> = {
  measureText: () => ({width: 10, actualBoundingBoxAscent: 8, actualBoundingBoxDescent: 2}),
  createImageData: (width = 1, height = 1) => ({
    width,
    height,
    data: new Uint8ClampedArray(4 * width * height),
  }),
  getImageData: (_x, _y, width = 1, height = 1) => ({data: new Uint8ClampedArray(4 * width * height)}),
  createPattern: () => ({setTransform: () => undefined}),
  createLinearGradient: () => ({addColorStop: () => undefined}),
};

/** A drawing context of which every method does nothing and every property keeps what it is given. */
const contextOf = (canvas: HTMLCanvasElement): object => {
  const kept: Record<string | symbol, unknown> = {canvas};
  return new Proxy(kept, {
    get: (_, name) => kept[name] ?? returned[String(name)] ?? (() => undefined),
    set: (_, name, value: unknown) => {
      kept[name] = value;
      return true;
    },
  });
};

Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', {
  configurable: true,
  value(this: HTMLCanvasElement) {
    return contextOf(this);
  },
});
