/** The one place where the parts of the host meet; command line and (later) the app's process enter here. */
export {trainDesign, type TrainDesignSettings} from './designs/train-design.ts';
