import {openStore, type Store, type StoreOptions} from './open-store.ts';

/**
 * The store at `path`, opened when it is first used: a stage can be stopped although the database is damaged. Whatever
 * uses it throws then what `openStore` throws.
 */
export function openStoreLazily(path: string, options: StoreOptions = {}): Store {
  let store: Store | undefined;
  const opened = (): Store => (store ??= openStore(path, options));
  const close = (): void => store?.close();
  const known: Partial<Store> = {
    path,
    isReadOnly: false,
    readOnlyBecause: undefined,
    recoveredRuns: [],
    clockWatch: {
      look: () => store?.clockWatch.look(),
      onStep: () => () => undefined,
    },
    pointSync: {onProblem: () => undefined},
    close,
    [Symbol.dispose]: close,
  };
  // What the target lacks is taken from the store itself, so that together they are one.
  return new Proxy(known, {
    get: (own, name): unknown => Reflect.get(Reflect.has(own, name) ? own : opened(), name),
  }) as Store;
}
