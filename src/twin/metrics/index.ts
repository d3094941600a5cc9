/** Numbers that compare measured with simulated planes. */
export * from './agreement.ts';
export * from './confusion.ts';
export * from './dark.ts';
export * from './drift.ts';
export * from './intervals.ts';
export * from './line-shift.ts';
export * from './linearise.ts';
export * from './overlap-choice.ts';
export * from './overlap-test.ts';
export * from './position-fit.ts';
export * from './read-out.ts';
export * from './region-errors.ts';
export * from './regions.ts';
export * from './registration.ts';
export {computeSamplePositions, type SampledPlane} from './sampled-plane.ts';
export * from './ripple-fit.ts';
export * from './undersampling.ts';
export * from './verdict.ts';
