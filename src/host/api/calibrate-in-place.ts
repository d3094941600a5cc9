import {BenchError} from '../../contract/errors.ts';
import {learnInPlace} from '../calibrate/in-place.ts';
import {assertCanLearnInPlace} from '../calibrate/in-place-rules.ts';
import {recordedBench} from '../calibrate/recorded-bench.ts';
import {printablePlaces} from '../calibrate/reprint.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import type {HostServices} from '../services.ts';
import {programVersion} from '../version.ts';
import {dataServicesOf} from './data-services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {newDesignFolder} from './new-design-folder.ts';
import {os} from './procedures.ts';

/** A plate that is learnt on the open bench; part of `calibrate`. */
export const calibrateInPlaceApi = (services: HostServices) => {
  const {store, bench} = services;
  const {inPlaceOutcomes, designs} = dataServicesOf(services);
  return {
    inPlace: os.calibrate.inPlace.handler(async ({input, context}) => {
      const {asBuiltUid, pointsPerSide, onSettings, isAttended, workerCount} = input;
      const open = bench.requireOpen();
      const recorded = await recordedBench(store, asBuiltUid);
      const {record, bench: built} = recorded;
      const plate = input.settings.plate ?? (printablePlaces(built.design).at(-1) ?? 0) + 1;
      assertCanLearnInPlace(open, recorded, plate);
      const name = input.name ?? `${record.designName} with plate ${plate} learnt in place`;
      const folder = await newDesignFolder(services, {path: input.folder, name}, context);
      const startFolder = input.startFolder && namedPath(input.startFolder, pathsOf(services), context);
      const start = startFolder === undefined ? built.design : await designs.open(startFolder);
      if (start.layers[plate - 1]?.values.length !== built.design.layers[plate - 1].values.length)
        throw new BenchError(
          'plan/invalid',
          `${start.file.name} has no plate ${plate} with as many pixels as that of ${record.designName}, so it cannot be where that begins. Nothing was moved.`,
        );
      const by = input.operator ?? (context.operator() || context.client);
      const request = {
        ...{recorded, pointsPerSide, start, folder, name, workerCount, operator: by},
        settings: {...input.settings, plate},
        command: input.command ?? `calibrate.inPlace by ${by}`,
      };
      const {id} = bench.startJob({
        kind: 'in-place',
        settingsPolicy: onSettings,
        isAttended,
        title: `plate ${plate} of ${record.designName} learnt in place`,
        async run(onBench, hooks) {
          const made = await learnInPlace({bench: onBench, store}, request, hooks);
          const {benchName, benchSeed, alignmentUid} = record;
          const {designHash, designName, lineage} = made;
          store.addCalibration({
            kind: 'plate-reprint',
            sessionUid: getAlignment(store, alignmentUid).sessionUid,
            dependsOn: [asBuiltUid],
            value: {benchName, benchSeed, lineage, designHash, designName, folder, by, programVersion},
          });
          inPlaceOutcomes.keep(id, made);
        },
      });
      return {id, folder};
    }),

    inPlaceOutcome: os.calibrate.inPlaceOutcome.handler(({input: {id}}) => inPlaceOutcomes.get(id)),
  };
};

const pathsOf = (services: HostServices) => ({
  within: designPlacesOf(services).all,
  subject: 'calibrate.inPlace',
});
