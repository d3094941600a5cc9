import {join} from 'node:path';
import {plateFormats} from '../../contract/plate-formats.ts';
import {digitIdOf} from '../campaign/digits.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {checkPrintApart} from '../print/check-apart.ts';
import {exportPlatesApart} from '../print/export-apart.ts';
import type {HostServices} from '../services.ts';
import {dataServicesOf} from './data-services.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';

/** What a printer would make of a design, before anything is made. */
export const checkPrintHandler = (services: HostServices) =>
  os.design.checkPrint.handler(async ({input, signal}) => {
    const {folder = defaultDesignFolder, ...settings} = input;
    await dataServicesOf(services).designs.open(folder);
    return checkPrintApart({designFolder: folder, settings}, {signal});
  });

/** Begins to write the plates of a design for the workshop. */
export const exportPlatesHandler = (services: HostServices) => {
  const {computations, designs, analysis} = dataServicesOf(services);
  const prints = join(services.data.path, 'prints');
  return os.design.exportPlates.handler(async ({input, context, signal}) => {
    const {
      folder: designFolder = defaultDesignFolder,
      outFolder,
      formats,
      printer,
      frame,
      digits,
      onlyPlates,
    } = input;
    const {file} = await designs.open(designFolder);
    const folder =
      outFolder === undefined
        ? join(prints, file.name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'design')
        : namedPath(outFolder, {within: [prints], subject: 'design.exportPlates'}, context);
    const isCut = formats.some((format) => plateFormats[format].of === 'foils');
    // Foils of other objects than masks are refused, or those of the plates alone are cut.
    const isMask = isCut && file.object.kind === 'binary-mask';
    const named = isMask ? await analysis.ask('namedDigits', {names: digits, design: file}, signal) : [];
    const ids = named.map(digitIdOf);
    const chosen = isMask
      ? await analysis.ask('chooseDigits', {ids, count: classCount, seed: 1, design: file}, signal)
      : [];
    const masks = chosen.map(({label, sample, object}) => ({
      label,
      sample,
      transmission: {grid: object.grid, values: object.re},
    }));
    const writtenAt = new Date().toISOString();
    const settings = {folder, formats, printer, frame, masks, writtenAt, onlyPlates};
    const {id} = computations.start({
      kind: 'export-plates',
      title: `plates of ${file.name} for the workshop`,
      whenStopped: 'None of its files was written.',
      async run(hooks) {
        const exported = await exportPlatesApart(
          {designFolder, settings},
          {
            signal: hooks.signal,
            onProgress: ({done, total, text}) => hooks.onProgress({done, total, unit: 'parts'}, text),
          },
        );
        return {kind: 'export-plates', ...exported};
      },
    });
    return {id, folder};
  });
};

/** Digits that are cut out when none was named: one of each class. */
const classCount = 10;
