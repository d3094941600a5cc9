import {checkTrainingData} from '../designs/check-training-data.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {renderTradeOff} from '../report/trade-off-figure.ts';
import type {HostServices} from '../services.ts';
import {measurementModelOf} from '../twin/measurement-model-of.ts';
import {assertShown} from '../twin/train-read-out.ts';
import {tradeOffTraining} from '../twin/trade-off.ts';
import {tradeOffApart} from '../twin/twin-threads.ts';
import {dataServicesOf} from './data-services.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';
import {benchPathOf, newsTo} from './studies.ts';

const subject = 'twin.tradeOff';

/** Studies what a weight of the loss trades, as a computation; part of `twin`. */
export const tradeOffHandler = (services: HostServices) => {
  const {computations, designs} = dataServicesOf(services);
  return os.twin.tradeOff.handler(async ({input, context, signal}) => {
    const {bench, designFolder = defaultDesignFolder, data: named, ...options} = input;
    const within = {within: [], subject};
    const data = named
      ? {
          images: namedPath(named.images, within, context),
          labels: namedPath(named.labels, within, context),
        }
      : null;
    const benchPath = benchPathOf(bench, subject, context);
    const design = await designs.open(designFolder);
    const model = await measurementModelOf({benchPath, design: design.file}, signal);
    // What cannot be studied is refused here, before it is a computation.
    const training = await tradeOffTraining({folder: designFolder, design}, {...options, data});
    if (data !== null || training.task !== 'digits')
      assertShown(design, await checkTrainingData(training, {signal}));
    return computations.start({
      kind: 'trade-off',
      title: `trade-off of ${design.file.name}`,
      whenStopped: 'Nothing of it is kept.',
      async run(hooks) {
        const request = {...options, designFolder, data, model};
        const study = await tradeOffApart(request, {signal: hooks.signal, onProgress: newsTo(hooks)});
        return {kind: 'trade-off', study, drawing: renderTradeOff(study)};
      },
    });
  });
};
