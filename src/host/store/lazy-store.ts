import type {Store} from './open-store.ts';

/**
 * The store at `path`, opened by `open` when it is first used: a stage can be stopped although the database is damaged.
 * Whatever uses it throws then what `open` throws.
 */
export function openStoreLazily(path: string, open: () => Store): Store {
  let store: Store | undefined;
  const opened = (): Store => (store ??= open());
  const close = (): void => store?.close();
  const known: Partial<Store> = {
    path,
    isReadOnly: false,
    get isOpen() {
      return store?.isOpen ?? false;
    },
    readOnlyBecause: undefined,
    recoveredRuns: [],
    journalNotice: '',
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
