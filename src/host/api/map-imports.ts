import {join} from 'node:path';
import type {MapSources} from '../../contract/map-import.ts';
import {importMapsApart, previewMapsApart} from '../maps/maps-apart.ts';
import type {HostServices} from '../services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';

/** Height and phase maps of files: what they hold, and designs of them. */
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
        ? {...input.design, sources, geometry: withFolder(input.design.geometry, pathOf)}
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
  };
};

/** The folder of the design that geometry is taken from, once its path may be named. */
function withFolder<Geometry extends {readonly kind: string; readonly folder?: string | undefined}>(
  geometry: Geometry,
  pathOf: (path: string) => string,
): Geometry {
  return geometry.folder === undefined ? geometry : {...geometry, folder: pathOf(geometry.folder)};
}
