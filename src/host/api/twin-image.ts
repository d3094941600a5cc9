import type {ApiInputs, TwinPictures} from '../../contract/api/index.ts';
import {imageWindowOf} from '../../twin/design/image-window.ts';
import {chosenBench} from '../calibrate/chosen-bench.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import type {HostServices} from '../services.ts';
import {measurementModelOf, type MeasuringBench} from '../twin/measurement-model-of.ts';
import {imageApart} from '../twin/twin-threads.ts';
import {dataServicesOf} from './data-services.ts';
import {namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';

const within = {within: [], subject: 'twin.image'};

/** Evaluates a design that images its objects; part of `twin`. */
export const imageHandler = (services: HostServices) => {
  const {computations, designs} = dataServicesOf(services);
  return os.twin.image.handler(async ({input, context, signal}) => {
    const {images, bench, asBuilt, designFolder = defaultDesignFolder, plateOptics, ...options} = input;
    const shown = imagesFrom(images, context);
    const {file} = await designs.open(designFolder);
    // A design that tells classes is refused before it is a computation.
    imageWindowOf(file);
    const model =
      bench === undefined ? null : await modelOf(bench, {design: file, plateOptics}, {context, signal});
    const chosen = asBuilt && chosenBench(services.store, asBuilt, {design: file, atS: Date.now() / 1000});
    return computations.start({
      kind: 'image',
      title: `images by ${file.name}`,
      whenStopped: 'Nothing of it is kept.',
      async run(hooks) {
        const request = {...options, designFolder, images: shown, model, found: chosen?.found};
        const {built, ...evaluated} = await imageApart(request, {
          signal: hooks.signal,
          onProgress: ({done, total}) => hooks.onProgress({done, total, unit: 'images'}),
        });
        return {
          kind: 'image',
          ...evaluated,
          built: chosen && built ? {source: chosen.source, quality: built} : null,
        };
      },
    });
  });
};

const modelOf = (
  bench: NonNullable<ApiInputs['twin']['image']['bench']>,
  measured: Omit<MeasuringBench, 'benchPath'>,
  {context, signal}: {readonly context: ApiContext; readonly signal: AbortSignal | undefined},
) =>
  measurementModelOf(
    {...measured, benchPath: bench.kind === 'virtual' ? undefined : namedPath(bench.path, within, context)},
    signal,
  );

function imagesFrom(images: TwinPictures, context: ApiContext): TwinPictures {
  if (images.kind !== 'files') return images;
  const {imagesPath, targetsPath} = images;
  return {
    kind: 'files',
    imagesPath: namedPath(imagesPath, within, context),
    ...(targetsPath === undefined ? {} : {targetsPath: namedPath(targetsPath, within, context)}),
  };
}
