/** The one place where the parts of the host meet; command line and (later) the app's process enter here. */
export {openDesign} from './designs/design-folder.ts';
export {trainDesign, type TrainDesignSettings} from './designs/train-design.ts';
export {readIdxDataSet} from './data/idx.ts';
export {classify} from './twin/classify.ts';
export {predictPlane, propagatePlane} from './twin/plane-jobs.ts';
