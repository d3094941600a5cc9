/** The print sheet: what goes to the workshop with the files, on one page that needs nothing else. */
import type {DesignFile} from '../../contract/design-file.ts';
import type {RealPlane} from '../../contract/optics.ts';
import type {PlateFrame, Printer, Rounding} from '../../contract/plate-export.ts';
import {dotMmOf} from '../../twin/print/assert-printable.ts';
import type {StandingPart} from '../../twin/print/holder.ts';
import type {PlateShape} from '../../twin/print/plate-shape.ts';
import type {PrintedHeights} from '../../twin/print/printed-heights.ts';
import {markup, type Markup} from './markup.ts';
import {formatFixed, formatPercent, formatTime} from './number-format.ts';
import {renderHeightHistogram, renderMaskFigure, renderPlateFigure} from './plate-figure.ts';
import {renderPage} from './report-page.ts';
import {renderPairs} from './tables.ts';

/** A part that is printed. */
export interface PrintedPart {
  readonly name: string;
  readonly volumeMm3: number;
  readonly massG: number;
  readonly triangleCount: number;
  readonly sizeMm: readonly [number, number, number];
}

/** A foil as the sheet tells of it. */
export interface SheetFoil {
  readonly name: string;
  readonly label: string;
  readonly sample: string;
  /** Part of the open pixels that the bridges cover. */
  readonly bridgedRatio: number;
}

/** The foil of a plate's own mask as the sheet tells of it. */
export interface SheetPlateFoil {
  readonly name: string;
  readonly plate: number;
  /** Part of the pixels that is open. */
  readonly openRatio: number;
}

export interface PrintSheetData {
  readonly file: DesignFile;
  readonly layers: readonly RealPlane[];
  /** Transmissions of the plates' own masks; null, or none at all, without. */
  readonly plateMasks: readonly (RealPlane | null)[];
  readonly plateFoils: readonly SheetPlateFoil[];
  readonly plates: readonly PrintedHeights[];
  readonly shape: PlateShape;
  readonly stands: readonly StandingPart[];
  readonly parts: readonly PrintedPart[];
  readonly foils: readonly SheetFoil[];
  readonly warnings: readonly string[];
  readonly printer: Printer;
  readonly frame: PlateFrame;
  readonly writtenAt: string;
  /** Plates that are printed, from 1; all unless given. */
  readonly onlyPlates?: readonly number[] | undefined;
}

/** Renders the sheet. A pure function: the same data give the same file, byte for byte. */
export function renderPrintSheet(data: PrintSheetData): string {
  const {file, parts, warnings} = data;
  const massG = parts.reduce((sum, part) => sum + part.massG, 0);
  return renderPage(
    `${file.name}: print sheet`,
    markup`<h1>${file.name}: print sheet</h1>
<p class="quiet">${platesText(data)} for ${formatFixed(file.frequencyHz / 1e9, 1)} GHz; all parts together ${formatFixed(massG, 1)} g; written ${formatTime(data.writtenAt)}; <code>${file.contentHash}</code></p>
${warnings.length > 0 && markup`<div class="card warning"><h3>To know before printing</h3><ul>${warnings.map((text) => markup`<li>${text}</li>`)}</ul></div>`}
<h2>How to look at a plate</h2>
<div class="card">${renderOrientation(data)}</div>
<h2>Plates</h2>
${data.plates.map((_, index) => (data.onlyPlates?.includes(index + 1) ?? true) && renderPlate(data, index))}
<h2>Parts</h2>
<div class="card">${renderParts(data)}</div>
<h2>Printer</h2>
<div class="card">${renderPrinter(data)}</div>
<h2>Checklist</h2>
<div class="card">${renderChecklist(data)}</div>`,
  );
}

const platesText = ({file, onlyPlates}: PrintSheetData): string =>
  onlyPlates
    ? `plate ${onlyPlates.join(', ')} alone, of ${file.layers.length},`
    : `${file.layers.length} plates`;

function renderOrientation({file}: PrintSheetData): Markup {
  const faces = new Set(file.layers.map(({reliefFaces}) => reliefFaces));
  return markup`<p>Light runs from the source through the object and the plates to the detector. Seen from the detector, looking towards the source: x points right, y points up.</p>
<p>Each plate is printed with its relief up and has a handle, a raised L with its number on the handle, and one corner cut off by more along the top than along the side. Looking at the face that carries the relief, the L and the number must read as written.</p>
<ul>
${faces.has('detector') && markup`<li>Plates whose relief faces the <strong>detector</strong> are looked at from the detector: handle at the top left, corner cut off at the top right.</li>`}
${faces.has('source') && markup`<li>Plates whose relief faces the <strong>source</strong> are looked at from the source: handle at the top right, corner cut off at the top left, and x points left.</li>`}
<li>L reads the wrong way round, whichever way the plate is held: the part was mirrored by a program. Print it again; no way of putting it in makes it right.</li>
<li>L reads right, but handle or corner stand elsewhere: the plate is turned. Take it out and put it in as above.</li>
</ul>`;
}

function renderPlate(data: PrintSheetData, index: number): Markup {
  const {file, plates, parts, printer} = data;
  if (file.layers[index].neurons === 'amplitude') return renderMaskPlate(data, index);
  const layer = file.layers[index];
  const printed = plates[index];
  const part = parts.find(({name}) => name === `plate-${index + 1}`);
  const {rounding, baseMm, lowestMm, highestMm, heightCount} = printed;
  const stand = data.stands.find(({mark}) => mark === String(index + 1));
  return markup`<section class="card" id="plate-${index + 1}"><header><h3>Plate ${index + 1}</h3><span>seen from the ${layer.reliefFaces}, relief towards you</span></header>
<div class="row">${renderPlateFigure(data, index)}${renderHeightHistogram(printed, printer)}${data.plateMasks.at(index) && renderMaskFigure(data, index)}
${renderPairs(`Plate ${index + 1} in figures`, [
  ['reference plane', `${layer.zMm} mm behind the object`],
  [
    'rim stands from',
    stand ? `${formatFixed(stand.rim.minMm, 2)} to ${formatFixed(stand.rim.maxMm, 2)} mm` : 'n/a',
  ],
  ['base', `${baseMm} mm (${Math.round(baseMm / printer.sliceMm)} slices)`],
  ['thickness', `${formatFixed(lowestMm, 3)} to ${formatFixed(highestMm, 3)} mm, ${heightCount} heights`],
  ['rounding to slices', roundingText(rounding)],
  ['size', part ? part.sizeMm.map((mm) => formatFixed(mm, 2)).join(' x ') + ' mm' : 'n/a'],
  [
    'volume, mass',
    part ? `${formatFixed(part.volumeMm3 / 1000, 2)} cm3, ${formatFixed(part.massG, 1)} g` : 'n/a',
  ],
])}</div></section>`;
}

/** A plate that is nothing but a mask: a foil on a frame. */
function renderMaskPlate(data: PrintSheetData, index: number): Markup {
  const {file, frame, stands} = data;
  const layer = file.layers[index];
  const stand = stands.find(({mark}) => mark === String(index + 1));
  return markup`<section class="card" id="plate-${index + 1}"><header><h3>Plate ${index + 1}</h3><span>a foil on a frame, seen from the detector</span></header>
<div class="row">${renderMaskFigure(data, index)}
${renderPairs(`Plate ${index + 1} in figures`, [
  ['middle of the foil', `${layer.zMm} mm behind the object`],
  [
    'frame and foil stand from',
    stand ? `${formatFixed(stand.rim.minMm, 2)} to ${formatFixed(stand.rim.maxMm, 2)} mm` : 'n/a',
  ],
  ['foil', `${frame.foilMm} mm thick`],
  ['pixel', `${layer.pitchMm} mm, open or closed as a whole`],
])}</div></section>`;
}

/** What rounding costs, for a person. */
const roundingText = ({rmsMm, rmsRad, largestMm}: Rounding): string =>
  `${formatFixed(rmsMm, 4)} mm RMS, at most ${formatFixed(largestMm, 4)} mm; phase ${formatFixed(rmsRad, 3)} rad RMS`;

function renderParts({parts, foils, plateFoils}: PrintSheetData): Markup {
  const rows = parts.map(
    ({name, sizeMm, volumeMm3, massG, triangleCount}) =>
      markup`<tr><th scope="row">${name}</th><td>${sizeMm.map((mm) => formatFixed(mm, 1)).join(' x ')}</td><td>${formatFixed(volumeMm3 / 1000, 2)}</td><td>${formatFixed(massG, 1)}</td><td>${triangleCount}</td></tr>`,
  );
  const cut = foils.map(
    ({name, label, sample, bridgedRatio}) =>
      markup`<tr><th scope="row">${name}</th><td>${label}</td><td>${sample}</td><td>${formatPercent(bridgedRatio, 1)}</td></tr>`,
  );
  const films = plateFoils.map(
    ({name, plate, openRatio}) =>
      markup`<tr><th scope="row">${name}</th><td>${plate}</td><td>${formatPercent(openRatio, 1)}</td></tr>`,
  );
  return markup`<div class="scroll"><table><caption>Printed parts, as they lie on the build plate</caption><thead><tr><th scope="col">part</th><th scope="col">size (mm)</th><th scope="col">volume (cm3)</th><th scope="col">mass (g)</th><th scope="col">triangles</th></tr></thead><tbody>${rows}</tbody></table></div>
${foils.length > 0 && markup`<div class="scroll"><table><caption>Mask foils; red is cut, blue is engraved</caption><thead><tr><th scope="col">foil</th><th scope="col">digit</th><th scope="col">sample</th><th scope="col">covered by bridges</th></tr></thead><tbody>${cut}</tbody></table></div>`}
${films.length > 0 && markup`<div class="scroll"><table><caption>Foils of plates; the outlines of layer CUT are where the metal is taken off its film</caption><thead><tr><th scope="col">foil</th><th scope="col">plate</th><th scope="col">open</th></tr></thead><tbody>${films}</tbody></table></div>`}`;
}

function renderPrinter({file, printer, frame, shape}: PrintSheetData): Markup {
  const dotMm = dotMmOf(printer);
  const pitchMm = file.layers[0].pitchMm;
  return renderPairs('What the files were made for', [
    ['slice', `${printer.sliceMm} mm; every height is a whole number of slices`],
    [
      'dots',
      `${printer.lateralDpi} dpi, ${formatFixed(dotMm, 4)} mm; a pixel of ${pitchMm} mm is ${formatFixed(pitchMm / dotMm, 1)} dots, so its edges come out up to ${formatFixed(dotMm / 2, 3)} mm off`,
    ],
    ['thinnest sheet', `${printer.thinnestMm} mm`],
    ['density', `${printer.densityGPerCm3} g/cm3`],
    [
      'relief',
      frame.relief === 'square-pixels'
        ? 'square pixels: each is flat, steps between them are 0.01 mm wide'
        : 'sampled surface: flat triangles between the middles of the pixels, not what was simulated',
    ],
    ['rim', `${frame.rimMm} mm wide, ${shape.rimThicknessMm} mm thick; opaque only when it is covered`],
    ['slots', `${frame.clearanceMm} mm wider than the plates`],
  ]);
}

function renderChecklist({file, foils, printer, plateMasks}: PrintSheetData): Markup {
  const items = [
    'Files are in millimetres: the slicer shows the sizes of the table above.',
    `Slices of ${printer.sliceMm} mm are set, and no scaling, mirroring, smoothing or filling of holes.`,
    'Plates lie with their relief up and nothing is printed on it as a support.',
    `Material is the one that was designed for: index ${file.layers[0].refractiveIndex}, extinction ${file.layers[0].extinction} at ${formatFixed(file.frequencyHz / 1e9, 1)} GHz.`,
    'Thickness of base and highest place is measured with a micrometer at three places a plate and written here.',
    'Every L reads as written on the face with the relief; numbers run from 1 at the source to the last at the detector.',
    'Rims are covered with metal tape up to the relief: light beside the relief was not simulated.',
    'Inner faces of the holder are covered with absorber: they reflect at a low angle.',
    'The holder’s slot 0 is on the source’s side; each slot has its number behind it where there was room.',
    'The mask frame stands in slot 0 with its L towards the detector, the foil on that face, pinned through its three holes.',
    ...(foils.length > 0
      ? [
          'Every foil reads as written seen from the detector; its bridges are where the drawing has them.',
          'Foil is metal, so that what is not cut out is dark.',
        ]
      : []),
  ];
  if (plateMasks.some((mask) => mask !== null))
    items.push(
      'Foils of plates are metal on a film that carries them: closed pixels that touch no others are not lost and no bridges were added. Metal is at least 1 um thick, far more than light of this frequency enters, and film and metal together are much thinner than the wavelength.',
      'No pixel is missing, bridged or closed by etching: looked at through a magnifier, openings are one pixel wide to a tenth.',
      'A plate that is a foil alone stands with its L towards the detector, the foil on that face, pinned through its three holes.',
      'The foil of a plate with a relief lies on the flat face of that plate, pinned through its three holes, so that seen from the detector (through plate or film) its L reads as written.',
    );
  return markup`<ul class="checklist">${items.map((text) => markup`<li>\u2610 ${text}</li>`)}</ul>`;
}
