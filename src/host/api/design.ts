import {resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {readTraining} from '../designs/design-cache.ts';
import {platePlanesOf, squarePlane} from '../designs/plate-planes.ts';
import {checkPrintHandler, exportPlatesHandler} from './export-plates.ts';
import {dataServicesOf} from './data-services.ts';
import {mapImportHandlers} from './map-imports.ts';
import {designPlacesOf} from './named-paths.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';

const largestSide = 200;
/** How far behind the detector the light may be looked at, mm. */
const reachBehindMm = 500;

/** Designs that are at hand, their plates, and the light through them. */
export const designApi = (services: HostServices) => {
  const threads = dataServicesOf(services);
  const designCache = threads.designs;
  const {all: places} = designPlacesOf(services);
  return {
    list: os.design.list.handler(async ({signal}) => {
      const used = await threads.lookups.ask('designFolders', null, signal);
      const listed = await designCache.list(places, used);
      return defaultFirst(listed).map(({folder, design, problem}) => ({
        folder,
        name: design?.file.name ?? '',
        contentHash: design?.file.contentHash ?? '',
        layerCount: design?.file.layers.length ?? 0,
        frequencyHz: design?.file.frequencyHz ?? 0,
        problem,
      }));
    }),

    get: os.design.get.handler(async ({input: {folder = defaultDesignFolder}}) => {
      const design = await designCache.open(folder);
      return {
        folder,
        file: design.file,
        wavelengthMm: wavelengthMmFromHz(design.file.frequencyHz),
        training: await readTraining(folder, design),
      };
    }),

    plate: os.design.plate.handler(async ({input: {folder = defaultDesignFolder, index}}) =>
      platePlanesOf(await designCache.open(folder), index),
    ),

    fields: fieldsHandler(services),

    checkPrint: checkPrintHandler(services),
    exportPlates: exportPlatesHandler(services),
    ...mapImportHandlers(services),
  };
};

/** What is used unless another design is named comes first: pages and forms begin with it. */
const defaultFirst = <Entry extends {readonly folder: string}>(entries: readonly Entry[]): Entry[] => {
  const first = resolve(defaultDesignFolder);
  return entries.toSorted((a, b) => Number(b.folder === first) - Number(a.folder === first));
};

/** The light of a digit through a design, at planes that are asked for. */
const fieldsHandler = (services: HostServices) => {
  const threads = dataServicesOf(services);
  return os.design.fields.handler(async ({input, signal}) => {
    const design = await threads.designs.open(input.folder ?? defaultDesignFolder);
    const farthestMm = design.file.detector.zMm + reachBehindMm;
    const beyond = input.zMm.find((zMm) => !(zMm >= 0 && zMm <= farthestMm));
    if (beyond !== undefined)
      throw new BenchError(
        'plan/invalid',
        `A plane at z = ${beyond} mm is not computed: the light is followed from the object (0 mm) to ${farthestMm} mm.`,
      );
    const [digit] = await threads.analysis.ask(
      'chooseDigits',
      {ids: [input.digitId], count: 1, seed: 0, design: design.file},
      signal,
    );
    const {object} = digit;
    const {planes, shares, winner} = await threads.withTwin(design, {kind: 'point'}, (twin) =>
      twin.fields({object, zMm: input.zMm, maximumCount: largestSide}, signal),
    );
    if (winner !== null) threads.predictedWinners.set(`${design.file.contentHash} ${input.digitId}`, winner);
    return {
      label: digit.label,
      sample: digit.sample,
      planes: planes.map(({zMm, count, pitchMm, intensity, phaseRad, powerRatio}) => ({
        zMm,
        intensity: squarePlane({count, pitchMm}, intensity, '1'),
        phaseRad: squarePlane({count, pitchMm}, phaseRad, 'rad'),
        powerRatio,
      })),
      shares: [...shares],
      winner,
      mask: {
        count: object.grid.count,
        pitchMm: object.grid.pitchMm,
        amplitude: Float32Array.from(object.re),
      },
    };
  });
};
