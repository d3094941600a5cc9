import type {Point, RoundHole} from './plate-shape.ts';

/** What is cut and what is engraved of a foil, mm, seen from the detector with y up. */
export interface CutDrawing {
  readonly title: string;
  readonly cut: readonly (readonly Point[])[];
  readonly holes: readonly RoundHole[];
  readonly marks: readonly (readonly Point[])[];
}

const marginMm = 5;
const short = (value: number): string => String(Number(value.toFixed(4)));

/** SVG whose user unit is a millimetre, seen from the detector; cuts red and marks blue, as cutters tell them apart. */
export function svgOf({title, cut, holes, marks}: CutDrawing): string {
  const all = [...cut, ...marks].flat();
  const [left, right] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const [bottom, top] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  const [width, height] = [right - left + 2 * marginMm, top - bottom + 2 * marginMm];
  const at = ([x, y]: Point): string => `${short(x - left + marginMm)} ${short(top - y + marginMm)}`;
  const path = (loops: readonly (readonly Point[])[]): string =>
    loops.map((loop) => `M${loop.map(at).join('L')}Z`).join('');
  const circles = holes.map(({centre, diameterMm}) => {
    const [cx, cy] = at(centre).split(' ');
    return `<circle cx="${cx}" cy="${cy}" r="${short(diameterMm / 2)}"/>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${short(width)}mm" height="${short(height)}mm" viewBox="0 0 ${short(width)} ${short(height)}">
<title>${escapeXml(title)}</title>
<g id="CUT" fill="none" stroke="#ff0000" stroke-width="0.05"><path d="${path(cut)}"/>${circles.join('')}</g>
<g id="MARK" fill="none" stroke="#0000ff" stroke-width="0.05"><path d="${path(marks)}"/></g>
</svg>
`;
}

/** Text as it may stand in an XML element or a quoted attribute. Control characters, which XML forbids, become spaces. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');

/** DXF of release 12, which every cutter reads; layers CUT (red) and MARK (blue), unit mm ($INSUNITS 4). */
export function dxfOf({title, cut, holes, marks}: CutDrawing): string {
  const lines: (string | number)[] = [999, title.replace(/[^\x20-\x7e]/g, ' ')];
  const put = (...pairs: (string | number)[]): void => void lines.push(...pairs);
  put(0, 'SECTION', 2, 'HEADER', 9, '$ACADVER', 1, 'AC1009', 9, '$INSUNITS', 70, 4, 9, '$MEASUREMENT', 70, 1);
  put(0, 'ENDSEC', 0, 'SECTION', 2, 'TABLES', 0, 'TABLE', 2, 'LTYPE', 70, 1);
  put(0, 'LTYPE', 2, 'CONTINUOUS', 70, 0, 3, 'Solid line', 72, 65, 73, 0, 40, '0.0', 0, 'ENDTAB');
  put(0, 'TABLE', 2, 'LAYER', 70, 2);
  put(0, 'LAYER', 2, 'CUT', 70, 0, 62, 1, 6, 'CONTINUOUS');
  put(0, 'LAYER', 2, 'MARK', 70, 0, 62, 5, 6, 'CONTINUOUS', 0, 'ENDTAB', 0, 'ENDSEC');
  put(0, 'SECTION', 2, 'ENTITIES');
  const outlines = (layer: string, loops: readonly (readonly Point[])[]): void => {
    for (const loop of loops) {
      put(0, 'POLYLINE', 8, layer, 66, 1, 70, 1, 10, '0.0', 20, '0.0', 30, '0.0');
      for (const [x, y] of loop) put(0, 'VERTEX', 8, layer, 10, short(x), 20, short(y), 30, '0.0');
      put(0, 'SEQEND', 8, layer);
    }
  };
  outlines('CUT', cut);
  for (const {centre, diameterMm} of holes)
    put(
      0,
      'CIRCLE',
      8,
      'CUT',
      10,
      short(centre[0]),
      20,
      short(centre[1]),
      30,
      '0.0',
      40,
      short(diameterMm / 2),
    );
  outlines('MARK', marks);
  put(0, 'ENDSEC', 0, 'EOF');
  return `${lines.join('\n')}\n`;
}
