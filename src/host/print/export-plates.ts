import {BenchError} from '../../contract/errors.ts';
import type {PlateExportResult, Printer} from '../../contract/plate-export.ts';
import {plateFormats, type PlateFormat} from '../../contract/plate-formats.ts';
import type {Design} from '../../twin/design/load.ts';
import {holderParts} from '../../twin/print/holder.ts';
import {examineMesh, type TriangleMesh} from '../../twin/print/triangle-mesh.ts';
import {createFileSet, type FileSet} from '../files/file-set.ts';
import type {PrintedPart} from '../report/print-sheet.ts';
import {assertNamed, maskFoil, type MaskFoil, type MaskObject} from './mask-foils.ts';
import {holderSolid, maskFrameSolid, plateSolid} from './plate-solids.ts';
import {plateFoils, type PlateFoil} from './plate-foils.ts';
import {formatsOf, plateWriters} from './plate-writers.ts';
import {preparePrint, type PreparedPrint, type PrintSettings} from './prepare-print.ts';
import {createSolidKernel, type SolidKernel} from './solid-kernel.ts';

/** What of a design is written for the workshop, and where. */
export interface PlateExportSettings extends PrintSettings {
  readonly folder: string;
  readonly masks: readonly MaskObject[];
  /** Plates that are printed, from 1, without mask frame, holder and mask foils; everything unless given. */
  readonly onlyPlates?: readonly number[] | undefined;
  /** For the sheet: ISO 8601. */
  readonly writtenAt: string;
}

/** How far an export is, and how it is ended. */
export interface PlateExportHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: {
    readonly done: number;
    readonly total: number;
    readonly text: string;
  }) => void;
}

interface PreparedExport extends PreparedPrint {
  readonly foils: readonly MaskFoil[];
  readonly plateFoils: readonly PlateFoil[];
}

/**
 * Writes plates, mask frame, holder, mask foils and print sheet of a design. All files appear together at the end;
 * before, nothing but drafts is there, and they are taken away when it fails or is ended. Throws `plan/invalid` for what
 * cannot be printed, before anything is written, and `store/full`.
 */
export async function exportPlates(
  design: Design,
  settings: PlateExportSettings,
  hooks: PlateExportHooks,
): Promise<PlateExportResult> {
  const {formats, printer, folder} = settings;
  const prepared = prepare(design, settings);
  await using files = await createFileSet(folder);
  const solids = formatsOf(formats, 'solids');
  const sheets = formatsOf(formats, 'sheet');
  const cuts = formatsOf(formats, 'foils');
  const isSolid = solids.length + sheets.length > 0;
  const step = counter(
    (isSolid ? (settings.onlyPlates?.length ?? prepared.plates.length + 2) : 0) +
      (cuts.length > 0 ? 1 : 0) +
      sheets.length,
    hooks,
  );
  const parts: PrintedPart[] = [];
  if (isSolid)
    for (const {name, title, build} of solidsOf(design, prepared, settings)) {
      await step(title);
      using kernel = await createSolidKernel();
      const mesh = build(kernel);
      parts.push(partOf(name, mesh, printer));
      for (const format of solids) await files.add(fileName(name, format), plateWriters[format](title, mesh));
    }
  if (cuts.length > 0) await step('mask foils');
  for (const foil of [...prepared.plateFoils, ...prepared.foils])
    for (const format of cuts)
      await files.add(fileName(foil.name, format), plateWriters[format](foil.drawing));
  for (const format of sheets) {
    await step('print sheet');
    const {file} = design;
    await files.add(
      fileName('print-sheet', format),
      plateWriters[format]({
        ...prepared,
        ...settings,
        file,
        parts,
        layers: design.layers,
        plateMasks: design.masks ?? [],
      }),
    );
  }
  hooks.signal.throwIfAborted();
  return resultOf(prepared, parts, {folder, files: await files.commit()});
}

/** A design as it will be printed, with its foils and all that could be refused behind it. */
function prepare(design: Design, settings: PlateExportSettings): PreparedExport {
  const {formats, frame, onlyPlates} = settings;
  assertPlates(design, onlyPlates);
  const masks = onlyPlates ? [] : settings.masks;
  const print = preparePrint(design, settings);
  const isCut = formats.some((format) => plateFormats[format].of === 'foils');
  if (isCut) assertNamed(masks, design.file);
  const foils =
    design.file.object.kind === 'binary-mask' ? masks.map((mask) => maskFoil(mask, print.shape, frame)) : [];
  return {
    ...print,
    foils,
    plateFoils: isCut
      ? plateFoils(design, print.shape).filter(({plate}) => onlyPlates?.includes(plate) ?? true)
      : [],
    warnings: [...print.warnings, ...foils.flatMap((foil) => foil.warnings)],
  };
}

function assertPlates({file}: Design, onlyPlates: readonly number[] | undefined): void {
  const unknown = onlyPlates?.find((plate) => plate < 1 || plate > file.layers.length);
  if (unknown === undefined) return;
  throw new BenchError(
    'plan/invalid',
    `${file.name} has no plate ${unknown}; it has ${file.layers.length}. Nothing was written.`,
  );
}

interface SolidOrder {
  readonly name: string;
  readonly title: string;
  readonly build: (kernel: SolidKernel) => TriangleMesh;
}

function solidsOf(
  {file, layers}: Design,
  {plates, shape, stands}: PreparedExport,
  {printer, frame, onlyPlates}: PlateExportSettings,
): SolidOrder[] {
  const plateOrders = plates.map((printed, i): SolidOrder => {
    const {reliefFaces, neurons, mask: foil} = file.layers[i];
    const {grid} = layers[i];
    const mark = String(i + 1);
    const order = {
      grid,
      printed,
      shape,
      mark,
      reliefFaces,
      relief: frame.relief,
      printer,
      hasFoil: foil !== undefined,
    };
    const name = `plate-${i + 1}`;
    if (neurons === 'amplitude')
      return {
        name,
        title: `${file.name} frame of the foil of plate ${i + 1} of ${plates.length}, seen from the detector`,
        build: (kernel) => maskFrameSolid(kernel, shape, printer, mark),
      };
    return {
      name,
      title: `${file.name} plate ${i + 1} of ${plates.length}, seen from the ${reliefFaces}`,
      build: (kernel) => plateSolid(kernel, order),
    };
  });
  if (onlyPlates) return plateOrders.filter((_, i) => onlyPlates.includes(i + 1));
  return [
    ...plateOrders,
    {
      name: 'mask-frame',
      title: `${file.name} mask frame`,
      build: (kernel) => maskFrameSolid(kernel, shape, printer),
    },
    {
      name: 'holder',
      title: `${file.name} holder`,
      build: (kernel) => holderSolid(kernel, holderParts(stands, shape, frame)),
    },
  ];
}

/** Figures of a part; throws `internal` when its surface does not enclose a solid. */
function partOf(name: string, mesh: TriangleMesh, {densityGPerCm3}: Printer): PrintedPart {
  const {openEdgeCount, flatCount, volumeMm3, triangleCount, min, max} = examineMesh(mesh);
  if (openEdgeCount > 0 || flatCount > 0 || !(volumeMm3 > 0))
    throw new BenchError(
      'internal',
      `The surface of ${name} is not closed (${openEdgeCount} edges, ${flatCount} flat triangles), so nothing was written. This is a fault of the program: report it with the design.`,
    );
  return {
    name,
    volumeMm3,
    triangleCount,
    massG: (volumeMm3 / 1000) * densityGPerCm3,
    sizeMm: [max[0] - min[0], max[1] - min[1], max[2] - min[2]],
  };
}

function resultOf(
  {plates, warnings}: PreparedExport,
  parts: readonly PrintedPart[],
  {folder, files}: {readonly folder: string; readonly files: Awaited<ReturnType<FileSet['commit']>>},
): PlateExportResult {
  return {
    folder,
    files: [...files],
    plates: plates.flatMap(({rounding}, i) => {
      const part = parts.find(({name}) => name === `plate-${i + 1}`);
      if (!part) return [];
      const {volumeMm3, massG, triangleCount} = part;
      return [{plate: i + 1, rounding, volumeMm3, massG, triangleCount}];
    }),
    warnings: [...warnings],
  };
}

const fileName = (name: string, format: PlateFormat): string => `${name}.${plateFormats[format].extension}`;

/** Tells each step before it begins, and ends the work between two of them. */
function counter(total: number, {signal, onProgress}: PlateExportHooks): (text: string) => Promise<void> {
  let done = 0;
  return async (text) => {
    // The request to stop is a message, which is heard between two steps.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    onProgress({done: done++, total, text});
  };
}
