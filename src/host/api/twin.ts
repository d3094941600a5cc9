import type {TwinImages} from '../../contract/api/index.ts';
import type {AsBuiltChoice} from '../../contract/as-built.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlateOptics} from '../../contract/plate-optics.ts';
import {createGate} from '../../base/gate.ts';
import {withNamedErrors} from '../../twin/measurement/named-errors.ts';
import type {Design} from '../../twin/design/load.ts';
import {classifyAsBuiltApart} from '../calibrate/calibrate-threads.ts';
import {chosenBench} from '../calibrate/chosen-bench.ts';
import {assertCanBeReprinted, type AsBuiltBench} from '../calibrate/reprint.ts';
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
  type ClassifyProgress,
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
  const {store} = services;
  const gate = createGate(predictionCount);
  const within = {within: [], subject: 'twin.predict'};
  return os.twin.predict.handler(async ({input, context, signal}) => {
    const {object, benchPath, asBuilt, designFolder = defaultDesignFolder, ...request} = input;
    const shown = async (): Promise<ShownObject> => {
      if (object.kind === 'file') return {...object, path: namedPath(object.path, within, context)};
      const {file: design} = await designs.open(designFolder);
      const one = {ids: [object.id], count: 1, seed: 0, design};
      const [digit] = await analysis.ask('chooseDigits', one, signal);
      return {kind: 'plane', plane: digit.object};
    };
    if (asBuilt && (benchPath ?? request.bench) !== undefined)
      throw new BenchError(
        'plan/invalid',
        'A prediction is made as built or with a placement that is named, not with both. Nothing was computed.',
      );
    const chosen = asBuilt && chosenFor(store, asBuilt, await designs.open(designFolder));
    const whole = {
      ...request,
      ...(chosen && {bench: chosen.found}),
      ...(benchPath === undefined ? {} : {benchPath: namedPath(benchPath, within, context)}),
      designFolder,
      object: await shown(),
    };
    const {verdict, ...predicted} = await gate.run(() => predictApart(whole, {signal}), signal);
    return {
      ...predicted,
      verdict: verdict && {...verdict, shares: [...verdict.shares]},
      asBuilt: chosen?.source ?? null,
    };
  });
};

/** The network as built that a prediction of a design is to be of; see `chosenBench`. */
const chosenFor = (store: HostServices['store'], choice: AsBuiltChoice, {file}: Design) =>
  chosenBench(store, choice, {design: file, atS: Date.now() / 1000});

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
  const {computations, designs} = dataServicesOf(services);
  return os.twin.classify.handler(async ({input, context}) => {
    const {images: named, asBuilt, designFolder = defaultDesignFolder, ...options} = input;
    const images = imagesFrom(named, context);
    const chosen = asBuilt && chosenFor(services.store, asBuilt, await designs.open(designFolder));
    const bench = chosen && (await chosen.read());
    if (bench) assertOfBuilt(options, bench);
    return computations.start({
      kind: 'classify',
      title: `classification by ${designFolder}`,
      whenStopped: 'Nothing of it is kept.',
      async run({signal, onProgress}) {
        const hooks = {
          signal,
          onProgress: ({done, total}: ClassifyProgress) => onProgress({done, total, unit: 'images'}),
        };
        if (!chosen || !bench) {
          const classified = await classifyApart({...options, designFolder, images}, hooks);
          return {kind: 'classify', ...classified, asBuilt: null};
        }
        const {source, found} = chosen;
        const {limit = builtImageCount, workerCount} = options;
        const illumination = found.illumination ?? bench.design.file.illumination;
        const classification = await classifyAsBuiltApart(
          {bench, illumination, images, limit, workerCount},
          hooks,
        );
        return {kind: 'classify', designName: bench.design.file.name, classification, asBuilt: source};
      },
    });
  });
};

/** Images that a network as built is shown unless it is said how many. */
const builtImageCount = 100;

/** Throws `plan/invalid` for what a network that was built cannot be asked, and as `assertCanBeReprinted`. */
function assertOfBuilt(
  {isIdeal, plateOptics}: {readonly isIdeal: boolean; readonly plateOptics?: PlateOptics | undefined},
  bench: AsBuiltBench,
): void {
  if (isIdeal || plateOptics)
    throw new BenchError(
      'plan/invalid',
      'A network as it was built has the plates that it has: they are neither ideal nor of another model than its alignment found. Nothing was computed.',
    );
  assertCanBeReprinted(bench);
}

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
