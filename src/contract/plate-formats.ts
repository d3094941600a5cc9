/** A kind of file that a design can be handed to a workshop as. */
interface PlateFormatInfo {
  /** Of the file's name, without its point. */
  readonly extension: string;
  /** On the choice in the window. */
  readonly label: string;
  readonly hint: string;
  /** Printed solids (plates, mask frame, holder), cut foils (masks), or words and pictures for people. */
  readonly of: 'solids' | 'foils' | 'sheet';
}

/**
 * The one list of formats of plates, in the order in which they are offered: the API takes these names, command line and
 * window offer them, and `src/host/print/plate-writers.ts` has to have a writer for each, or the program does not compile.
 */
export const plateFormats = {
  stl: {extension: 'stl', label: 'STL', hint: 'Solids for any slicer, binary, mm', of: 'solids'},
  '3mf': {extension: '3mf', label: '3MF', hint: 'Solids with their unit and name in the file', of: 'solids'},
  svg: {extension: 'svg', label: 'SVG', hint: 'Mask foils for a laser or a cutter, mm', of: 'foils'},
  dxf: {extension: 'dxf', label: 'DXF', hint: 'Mask foils for CAD and cutters, mm', of: 'foils'},
  sheet: {
    extension: 'html',
    label: 'Print sheet',
    hint: 'Pictures, mass, histograms, orientation and checklist in one HTML file',
    of: 'sheet',
  },
} as const satisfies Readonly<Record<string, PlateFormatInfo>>;

/** Name of a format of plates. */
export type PlateFormat = keyof typeof plateFormats;
// The keys of the list are its names.
/** Names of all formats of plates, in the order in which they are offered. */
export const plateFormatNames = Object.keys(plateFormats) as [PlateFormat, ...PlateFormat[]];
