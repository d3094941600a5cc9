import {escapeXml} from './cut-drawing.ts';
import type {TriangleMesh} from './triangle-mesh.ts';

const [headerBytes, triangleBytes] = [80, 50];

/** Binary STL: 80 bytes of title, the count, then normal and corners of each triangle in single precision. */
export function encodeStl(title: string, {positions, triangles}: TriangleMesh): Uint8Array {
  const count = triangles.length / 3;
  const bytes = new Uint8Array(headerBytes + 4 + count * triangleBytes);
  // A file that begins with "solid" is taken for one of text.
  const words = title.replace(/[^\x20-\x7e]/g, ' ').replace(/^solid/i, 'part');
  bytes.set(new TextEncoder().encode(words.slice(0, headerBytes)));
  const view = new DataView(bytes.buffer);
  view.setUint32(headerBytes, count, true);
  for (let t = 0; t < count; t++) {
    const start = headerBytes + 4 + t * triangleBytes;
    const normal = normalOf(positions, triangles, t);
    for (let i = 0; i < 3; i++) view.setFloat32(start + 4 * i, normal[i], true);
    for (let corner = 0; corner < 3; corner++)
      for (let i = 0; i < 3; i++)
        view.setFloat32(start + 12 + 12 * corner + 4 * i, positions[3 * triangles[3 * t + corner] + i], true);
  }
  return bytes;
}

function normalOf(p: Float32Array, triangles: Uint32Array, t: number): readonly [number, number, number] {
  const [a, b, c] = [3 * triangles[3 * t], 3 * triangles[3 * t + 1], 3 * triangles[3 * t + 2]];
  const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx] as const;
  const length = Math.hypot(...normal) || 1;
  return [normal[0] / length, normal[1] / length, normal[2] / length];
}

/** Files of a 3MF package by their paths in it: 3MF Core Specification 1.3, one object, unit millimetre. */
export function threeMfParts(
  title: string,
  {positions, triangles}: TriangleMesh,
): Readonly<Record<string, string>> {
  const vertices: string[] = [];
  // Nine digits give a number of single precision back as it was.
  const short = (value: number): string => String(Number(value.toPrecision(9)));
  for (let v = 0; v < positions.length; v += 3)
    vertices.push(
      `<vertex x="${short(positions[v])}" y="${short(positions[v + 1])}" z="${short(positions[v + 2])}"/>`,
    );
  const faces: string[] = [];
  for (let t = 0; t < triangles.length; t += 3)
    faces.push(`<triangle v1="${triangles[t]}" v2="${triangles[t + 1]}" v3="${triangles[t + 2]}"/>`);
  return {
    '[Content_Types].xml': `<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>
`,
    '_rels/.rels': `<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>
`,
    '3D/3dmodel.model': `<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xml:lang="en-US" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
<metadata name="Title">${escapeXml(title)}</metadata>
<resources><object id="1" type="model" name="${escapeXml(title)}"><mesh>
<vertices>
${vertices.join('\n')}
</vertices>
<triangles>
${faces.join('\n')}
</triangles>
</mesh></object></resources>
<build><item objectid="1"/></build>
</model>
`,
  };
}
