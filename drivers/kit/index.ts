export * from './define-driver.ts';
export * from './parameter.ts';
export * from './parameter-set.ts';
export * from './replies.ts';
export type * from '../../src/contract/instruments.ts';
export type * from '../../src/contract/link.ts';
