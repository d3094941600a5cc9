import {workerData} from 'node:worker_threads';
import {createObject} from '../../twin/field/object.ts';
import {createMeasuredBench, createSharedBench} from '../../twin/measurement/measured-bench.ts';
import {imageWindowOf} from '../../twin/design/image-window.ts';
import {measureImaging, type ImagePair} from '../../twin/measurement/imaging-quality.ts';
import {createPictureBench, pictureBenchOf} from '../../twin/measurement/measured-picture.ts';
import type {Design} from '../../twin/design/load.ts';
import {imageAt} from '../../twin/training/batch.ts';
import type {MadePlate} from '../../twin/training/neurons.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import type {MeasureJobs, MeasureSpec} from './measure-protocol.ts';
import {createDesignSystem} from './predict.ts';

// Entry of a thread that measures a design on drawn benches.
const {designFolder, plates, model, images, pictures = images, found = {}} = workerData as MeasureSpec;
const design = loadDesignFolder(designFolder).then((own) => (plates ? withPlates(own, plates) : own));

serveJobs<MeasureJobs>({
  async read({indices, ...draw}) {
    const {file, ...rest} = await design;
    const bench = createMeasuredBench({file, ...rest}, model, draw);
    return indices.map((index) => bench.read(createObject(imageAt(images, index), file.grid, file.object)));
  },
  async image({indices, ...draw}) {
    const own = await design;
    const window = imageWindowOf(own.file);
    const illumination = draw.causes.includes('light') ? model.illumination : own.file.illumination;
    const bench = createPictureBench(own, window, model, draw);
    return measureImaging({design: own, window, illumination}, bench, pairsOf(indices));
  },
  async imageFound({indices}) {
    const own = await design;
    const window = imageWindowOf(own.file);
    const {illumination = own.file.illumination} = found;
    const system = createDesignSystem(own, found, {method: 'asm', oversample: 2});
    const bench = pictureBenchOf(system, own, window);
    return measureImaging({design: own, window, illumination}, bench, pairsOf(indices));
  },
  async readShared({optics, readings, indices}) {
    const {file, ...rest} = await design;
    const bench = createSharedBench({file, ...rest}, optics, readings);
    const read = indices.map((index) =>
      bench.read(createObject(imageAt(images, index), file.grid, file.object)),
    );
    return readings.map((_, i) =>
      read.map(({energies, inputPower}) => ({energies: energies[i], inputPower})),
    );
  },
});

/** Objects and the pictures that are wanted of them. Declared, so that it is there while the thread reads its design above. */
function pairsOf(indices: readonly number[]): ImagePair[] {
  return indices.map((index) => ({image: imageAt(images, index), picture: imageAt(pictures, index)}));
}

/** A design with other plates. Declared, so that it is there while the thread reads its design above. */
function withPlates({file, layers}: Design, made: readonly MadePlate[]): Design {
  const masks = layers.map(({grid}, i) => {
    const values = made[i].transmission;
    return values ? {grid, values} : null;
  });
  return {
    file,
    layers: layers.map(({grid}, i) => ({grid, values: made[i].heightsMm})),
    ...(masks.some((mask) => mask !== null) && {masks}),
  };
}
