/** Room for the title above each map, CSS px. */
const titlePx = 26;
const gapPx = 12;

/**
 * The maps of the page as one PNG, side by side, each with its title and colour bar, at the sharpness of the screen.
 * `root` holds the maps as sections with a heading.
 */
export async function comparisonPicture(root: HTMLElement): Promise<Uint8Array> {
  const sections = [...root.querySelectorAll('section')];
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  const boxes = sections.map((section) => section.getBoundingClientRect());
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(
    (boxes.reduce((sum, {width}) => sum + width, 0) + gapPx * (boxes.length + 1)) * ratio,
  );
  canvas.height = Math.round((Math.max(...boxes.map(({height}) => height)) + 2 * gapPx) * ratio);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser gave no canvas to draw the picture on. Nothing was saved.');
  context.scale(ratio, ratio);
  const style = getComputedStyle(document.documentElement);
  context.fillStyle = style.getPropertyValue('--surface-1');
  context.fillRect(0, 0, canvas.width, canvas.height);
  let leftPx = gapPx;
  sections.forEach((section, i) => {
    context.save();
    context.translate(leftPx - boxes[i].left, gapPx - boxes[i].top);
    paintSection(context, section, style);
    context.restore();
    leftPx += boxes[i].width + gapPx;
  });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob)
    throw new Error('The picture could not be made: it is too large. Make the window smaller and try again.');
  return new Uint8Array(await blob.arrayBuffer());
}

/** Paints a map as it stands on the page: its canvases, its colour bar, and all its words. */
function paintSection(
  context: CanvasRenderingContext2D,
  section: HTMLElement,
  style: CSSStyleDeclaration,
): void {
  for (const canvas of section.querySelectorAll('canvas')) {
    const {left, top, width, height} = canvas.getBoundingClientRect();
    // Cells stay cells: a canvas of a few pixels a cell is not smeared.
    context.imageSmoothingEnabled = canvas.width > width * 0.9;
    if (canvas.width > 0 && canvas.height > 0) context.drawImage(canvas, left, top, width, height);
  }
  for (const bar of section.querySelectorAll<HTMLElement>('*')) paintGradient(context, bar);
  const words = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) paintText(context, words.currentNode, style);
}

/** A colour bar is an element whose background is a gradient of listed colours. */
function paintGradient(context: CanvasRenderingContext2D, element: HTMLElement): void {
  const {backgroundImage} = getComputedStyle(element);
  if (!backgroundImage.startsWith('linear-gradient')) return;
  const stops = [...backgroundImage.matchAll(/(rgba?\([^)]*\))\s*([\d.]+%)?/g)];
  if (stops.length < 8) return;
  const {left, top, width, height} = element.getBoundingClientRect();
  const isUpright = height > width;
  const gradient = isUpright
    ? context.createLinearGradient(0, top + height, 0, top)
    : context.createLinearGradient(left, 0, left + width, 0);
  stops.forEach(([, colour, place], i) => {
    const at = place === undefined ? i / (stops.length - 1) : parseFloat(place) / 100;
    gradient.addColorStop(Math.min(1, Math.max(0, at)), colour);
  });
  context.fillStyle = gradient;
  context.fillRect(left, top, width, height);
}

function paintText(context: CanvasRenderingContext2D, node: Node, page: CSSStyleDeclaration): void {
  const text = node.textContent?.trim() ?? '';
  const parent = node.parentElement;
  if (text === '' || !parent || parent.closest('button, [role="status"], [aria-hidden="true"] button'))
    return;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  // Words for screen readers alone are a pixel wide.
  if (box.width < 3 || parent.getBoundingClientRect().width < 3) return;
  const style = getComputedStyle(parent);
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color || page.getPropertyValue('--text-1');
  context.textBaseline = 'middle';
  context.fillText(text, box.left, box.top + box.height / 2, Math.max(box.width, titlePx));
}
