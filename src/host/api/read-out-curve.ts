import type {ApiInputs} from '../../contract/api/index.ts';
import {readOutCurveApart} from '../calibrate/calibrate-threads.ts';
import type {ReadOutCurveRequest} from '../calibrate/read-out-curve-protocol.ts';
import {recordedBench} from '../calibrate/recorded-bench.ts';
import {assertCanBeReprinted} from '../calibrate/reprint.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import type {HostServices} from '../services.ts';
import {measurementModelOf} from '../twin/measurement-model-of.ts';
import {dataServicesOf} from './data-services.ts';
import {os, type ApiContext} from './procedures.ts';
import {benchPathOf, newsTo} from './studies.ts';

type Asked = Required<ApiInputs['calibrate']['readOutCurve']>['of'];

/** How many objects a read-out has to be learnt from; part of `calibrate`. */
export const readOutCurveHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return os.calibrate.readOutCurve.handler(async ({input: {of: asked, ...request}, context, signal}) => {
    const {of, name} = await benchesOf(services, asked, {context, signal});
    return computations.start({
      kind: 'read-out-curve',
      title: `how many objects a read-out of ${name} has to be learnt from`,
      whenStopped: 'Nothing of it is kept.',
      run: async (hooks) => ({
        kind: 'read-out-curve',
        curve: await readOutCurveApart({...request, of}, {signal: hooks.signal, onProgress: newsTo(hooks)}),
      }),
    });
  });
};

/** What objects are simulated on; refused here, before it is a computation. */
async function benchesOf(
  services: HostServices,
  asked: Asked,
  {context, signal}: {readonly context: ApiContext; readonly signal: AbortSignal | undefined},
): Promise<{readonly of: ReadOutCurveRequest['of']; readonly name: string}> {
  if (asked.kind === 'built') {
    const {bench, record, uid} = await recordedBench(services.store, asked.asBuiltUid);
    assertCanBeReprinted(bench);
    return {of: {kind: 'built', bench, uid}, name: record.designName};
  }
  const {designFolder = defaultDesignFolder, bench, benchCount = 4, isQuick = false} = asked;
  const {file: design} = await dataServicesOf(services).designs.open(designFolder);
  const benchPath = benchPathOf(bench, 'calibrate.readOutCurve', context);
  const model = await measurementModelOf({benchPath, design}, signal);
  return {of: {kind: 'drawn', designFolder, model, benchCount, isQuick}, name: design.name};
}
