import {strToU8, zipSync} from 'fflate';
import {plateFormats, type PlateFormat} from '../../contract/plate-formats.ts';
import {dxfOf, svgOf, type CutDrawing} from '../../twin/print/cut-drawing.ts';
import {encodeStl, threeMfParts} from '../../twin/print/solid-files.ts';
import type {TriangleMesh} from '../../twin/print/triangle-mesh.ts';
import {renderPrintSheet, type PrintSheetData} from '../report/print-sheet.ts';

/** Makes the bytes of one file from what a format is of. */
interface Writers {
  readonly solids: (title: string, mesh: TriangleMesh) => Uint8Array;
  readonly foils: (drawing: CutDrawing) => Uint8Array;
  readonly sheet: (data: PrintSheetData) => Uint8Array;
}
type Kind = keyof Writers;
type KindOf<Format extends PlateFormat> = (typeof plateFormats)[Format]['of'];

/** A writer for each format of the contract's list. */
export const plateWriters: {readonly [Format in PlateFormat]: Writers[KindOf<Format>]} = {
  stl: encodeStl,
  '3mf': (title, mesh) =>
    zipSync(
      Object.fromEntries(
        Object.entries(threeMfParts(title, mesh)).map(([path, text]) => [path, strToU8(text)]),
      ),
    ),
  svg: (drawing) => strToU8(svgOf(drawing)),
  dxf: (drawing) => strToU8(dxfOf(drawing)),
  sheet: (data) => strToU8(renderPrintSheet(data)),
};

/** Formats that are of a kind. */
type FormatOf<Of extends Kind> = {[F in PlateFormat]: KindOf<F> extends Of ? F : never}[PlateFormat];

/** Of the formats asked for those that are of a kind, each once, in the order of the list. */
export function formatsOf<Of extends Kind>(asked: readonly PlateFormat[], kind: Of): readonly FormatOf<Of>[] {
  const isOfKind = (format: PlateFormat): format is FormatOf<Of> => plateFormats[format].of === kind;
  return [...new Set(asked)].filter(isOfKind);
}
