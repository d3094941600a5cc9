export {useComputePlace, type ComputePlace} from './compute-place.ts';
