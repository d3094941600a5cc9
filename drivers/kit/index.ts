export * from './ask-again.ts';
export * from './define-driver.ts';
export type * from './meaning.ts';
export * from './parameter.ts';
export * from './parameter-set.ts';
export * from './replies.ts';
export * from './setting-differences.ts';
export type * from '../../src/contract/instruments.ts';
export type * from '../../src/contract/link.ts';
