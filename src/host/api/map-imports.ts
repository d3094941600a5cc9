import {join} from 'node:path';
import {hasRelief} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MapMasks, MapSources, MeasuredHeights} from '../../contract/map-import.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {importMapsApart, measurePlateApart, previewMapsApart} from '../maps/maps-apart.ts';
import {storeMeasuredHeights} from '../placements/measured-heights.ts';
import {placeOfSession} from '../placements/placements.ts';
import type {HostServices} from '../services.ts';
import {programVersion} from '../version.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';

/** Maps of heights, phases and transmissions of files: what they hold, and designs of them. */
export const mapImportHandlers = (services: HostServices) => {
  const {own, all} = designPlacesOf(services);
  const named = (subject: string, context: ApiContext) => {
    const pathOf = (path: string): string => namedPath(path, {within: all, subject}, context);
    return {
      pathOf,
      sourcesOf: (sources: MapSources): MapSources =>
        sources.map((source) => ({...source, path: pathOf(source.path)})),
    };
  };
  return {
    previewMaps: os.design.previewMaps.handler(({input, context, signal}) => {
      const {pathOf, sourcesOf} = named('design.previewMaps', context);
      const sources = sourcesOf(input.sources);
      const design = input.design
        ? {
            ...input.design,
            sources,
            masks: withSources(input.design.masks, sourcesOf),
            geometry: withFolder(input.design.geometry, pathOf),
          }
        : null;
      return previewMapsApart({sources, design}, signal);
    }),

    importMaps: os.design.importMaps.handler(({input, context, signal}) => {
      const {pathOf, sourcesOf} = named('design.importMaps', context);
      const {design, name, command} = input;
      const folder =
        input.folder === undefined
          ? join(own, name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'imported')
          : pathOf(input.folder);
      return importMapsApart(
        {
          design: {
            ...design,
            sources: sourcesOf(design.sources),
            masks: withSources(design.masks, sourcesOf),
            geometry: withFolder(design.geometry, pathOf),
          },
          name,
          folder,
          importedAt: new Date().toISOString(),
          command,
        },
        signal,
      );
    }),

    ...measuredHeightHandlers(services),
  };
};

/** Measured heights of a plate that was printed. */
const measuredHeightHandlers = (services: HostServices) => {
  const {store} = services;
  const {all} = designPlacesOf(services);
  const measure = async (input: MeasuredHeights, context: ApiContext, signal: AbortSignal | undefined) => {
    const path = namedPath(input.source.path, {within: all, subject: 'design.importHeights'}, context);
    const {layers, file} = await loadSessionDesign(store, input.sessionUid);
    const relief = layers.at(input.plate - 1);
    if (!relief)
      throw new BenchError(
        'plan/invalid',
        `The design ${file.name} of this session has no plate ${input.plate}; it has ${layers.length}. Nothing was imported.`,
      );
    if (!hasRelief(file.layers[input.plate - 1]))
      throw new BenchError(
        'plan/invalid',
        `Plate ${input.plate} of the design ${file.name} is a mask without a relief, so that it has no heights. Nothing was imported.`,
      );
    return measurePlateApart({measured: {...input, source: {...input.source, path}}, relief}, signal);
  };
  return {
    previewHeights: os.design.previewHeights.handler(({input, context, signal}) =>
      measure(input, context, signal),
    ),

    importHeights: os.design.importHeights.handler(async ({input, context, signal}) => {
      const {errorsMm, map, ...plate} = await measure(input, context, signal);
      const {sessionUid, answers, placement} = input;
      const {designHash, benchName, benchSeed} = placeOfSession(store, sessionUid);
      const uid = storeMeasuredHeights(store, sessionUid, errorsMm, {
        ...{designHash, benchName, benchSeed, map, placement, programVersion},
        plate: input.plate - 1,
        rmsMm: plate.rmsMm,
        missingCount: plate.missingCount,
        answers: {...answers, missing: input.missing, isLevelled: input.isLevelled},
        by: context.operator() || context.client,
      });
      return {...plate, uid};
    }),
  };
};

/** The masks of an import, once the paths of their files may be named. */
const withSources = (
  masks: MapMasks | null,
  sourcesOf: (sources: MapSources) => MapSources,
): MapMasks | null => masks && {...masks, sources: sourcesOf(masks.sources)};

/** The folder of the design that geometry is taken from, once its path may be named. */
function withFolder<Geometry extends {readonly kind: string; readonly folder?: string | undefined}>(
  geometry: Geometry,
  pathOf: (path: string) => string,
): Geometry {
  return geometry.folder === undefined ? geometry : {...geometry, folder: pathOf(geometry.folder)};
}
