import type {TwinImages} from '../../contract/api/index.ts';
import {createGate} from '../../base/gate.ts';
import {withNamedErrors} from '../../twin/measurement/named-errors.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {sensitivityApart} from '../probes/sensitivity-apart.ts';
import type {HostServices} from '../services.ts';
import type {ShownObject} from '../twin/plane-jobs.ts';
import {measurementModelOf} from '../twin/measurement-model-of.ts';
import {estimateTolerances} from '../twin/tolerance.ts';
import {
  classifyApart,
  measureApart,
  predictApart,
  propagateApart,
  toleranceApart,
} from '../twin/twin-threads.ts';
import {dataServicesOf} from './data-services.ts';
import {namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';
import {readOutHandler} from './read-out.ts';
import {benchPathOf, newsTo} from './studies.ts';
import {tradeOffHandler} from './trade-off.ts';
import {trainingApi} from './training.ts';
import {imageHandler} from './twin-image.ts';

/** Predictions that are computed at the same time; the others wait. */
const predictionCount = 2;

/** The optical twin by itself: planes, classifications, trainings. */
export const twinApi = (services: HostServices) => ({
  predict: predictHandler(services),
  propagate: propagateHandler(),
  sensitivity: sensitivityHandler(services),
  classify: classifyHandler(services),
  measure: measureHandler(services),
  image: imageHandler(services),
  tolerance: toleranceHandler(services),
  toleranceEstimate: toleranceEstimateHandler(services),
  tradeOff: tradeOffHandler(services),
  readOut: readOutHandler(services),
  ...trainingApi(services),
});

const predictHandler = (services: HostServices) => {
  const {designs, analysis} = dataServicesOf(services);
  const gate = createGate(predictionCount);
  const within = {within: [], subject: 'twin.predict'};
  return os.twin.predict.handler(async ({input, context, signal}) => {
    const {object, benchPath, designFolder = defaultDesignFolder, ...request} = input;
    const shown = async (): Promise<ShownObject> => {
      if (object.kind === 'file') return {...object, path: namedPath(object.path, within, context)};
      const {file: design} = await designs.open(designFolder);
      const one = {ids: [object.id], count: 1, seed: 0, design};
      const [digit] = await analysis.ask('chooseDigits', one, signal);
      return {kind: 'plane', plane: digit.object};
    };
    const whole = {
      ...request,
      ...(benchPath === undefined ? {} : {benchPath: namedPath(benchPath, within, context)}),
      designFolder,
      object: await shown(),
    };
    return await gate.run(() => predictApart(whole, {signal}), signal);
  });
};

const propagateHandler = () => {
  const gate = createGate(predictionCount);
  return os.twin.propagate.handler(({input, signal}) =>
    gate.run(() => propagateApart(input, {signal}), signal),
  );
};

const sensitivityHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return os.twin.sensitivity.handler(({input: {designFolder = defaultDesignFolder, ...options}}) =>
    computations.start({
      kind: 'sensitivity',
      title: `sensitivity of ${designFolder}`,
      whenStopped: 'Nothing of it is kept.',
      run: async ({signal}) => ({
        kind: 'sensitivity',
        sensitivity: await sensitivityApart({designFolder, ...options}, {signal}),
      }),
    }),
  );
};

const classifyHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return os.twin.classify.handler(({input, context}) => {
    const {images, designFolder = defaultDesignFolder, ...options} = input;
    const request = {...options, designFolder, images: imagesFrom(images, context)};
    return computations.start({
      kind: 'classify',
      title: `classification by ${designFolder}`,
      whenStopped: 'Nothing of it is kept.',
      async run({signal, onProgress}) {
        const classified = await classifyApart(request, {
          signal,
          onProgress: ({done, total}) => onProgress({done, total, unit: 'images'}),
        });
        return {kind: 'classify', ...classified};
      },
    });
  });
};

const measureHandler = (services: HostServices) => {
  const {computations, designs} = dataServicesOf(services);
  return os.twin.measure.handler(async ({input, context, signal}) => {
    const {
      images,
      bench,
      designFolder = defaultDesignFolder,
      plateOptics,
      errors,
      areOnlyErrors,
      distribution,
      ...options
    } = input;
    const benchPath = benchPathOf(bench, 'twin.measure', context);
    const {file: design} = await designs.open(designFolder);
    const model = withNamedErrors(await measurementModelOf({benchPath, design, plateOptics}, signal), {
      sizes: errors,
      areOnlyOnes: areOnlyErrors,
      distribution,
    });
    const request = {...options, model, designFolder, images: imagesFrom(images, context)};
    return computations.start({
      kind: 'measure',
      title: `losses of ${designFolder} on a bench`,
      whenStopped: 'Nothing of it is kept.',
      async run(hooks) {
        const {losses, ...measured} = await measureApart(request, {
          signal: hooks.signal,
          onProgress: ({done, total}) => hooks.onProgress({done, total, unit: 'images'}),
        });
        return {kind: 'measure', model, ...measured, losses: [...losses]};
      },
    });
  });
};

const toleranceHandler = (services: HostServices) => {
  const {computations, designs} = dataServicesOf(services);
  return os.twin.tolerance.handler(async ({input, context, signal}) => {
    const {images, bench, designFolder = defaultDesignFolder, ...options} = input;
    const benchPath = benchPathOf(bench, 'twin.tolerance', context);
    const design = await designs.open(designFolder);
    const model = await measurementModelOf({benchPath, design: design.file}, signal);
    const request = {...options, model, designFolder, images: imagesFrom(images, context)};
    // What cannot be studied is refused here, before it is a computation.
    estimateTolerances({...request, design});
    return computations.start({
      kind: 'tolerance',
      title: `tolerances of ${design.file.name}`,
      whenStopped: 'Nothing of it is kept.',
      async run(hooks) {
        const study = await toleranceApart(request, {signal: hooks.signal, onProgress: newsTo(hooks)});
        return {kind: 'tolerance', study};
      },
    });
  });
};

const toleranceEstimateHandler = (services: HostServices) => {
  const {designs} = dataServicesOf(services);
  return os.twin.toleranceEstimate.handler(async ({input, context, signal}) => {
    const {bench, designFolder = defaultDesignFolder, settings, workerCount} = input;
    const benchPath = benchPathOf(bench, 'twin.tolerance', context);
    const design = await designs.open(designFolder);
    const model = await measurementModelOf({benchPath, design: design.file}, signal);
    return estimateTolerances({design, model, settings, workerCount});
  });
};

function imagesFrom(images: TwinImages, context: ApiContext): TwinImages {
  if (images.kind === 'test-digits') return images;
  const {imagesPath, labelsPath, ...rest} = images;
  const within = {within: [], subject: 'twin.classify'};
  return {
    ...rest,
    imagesPath: namedPath(imagesPath, within, context),
    labelsPath: namedPath(labelsPath, within, context),
  };
}
