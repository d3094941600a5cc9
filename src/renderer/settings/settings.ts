import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import {type Settings, settingsSchema} from '../../contract/api/index.ts';
import {client, connectionStore} from '../connection/index.ts';

/** The person's choices. The host keeps them; a window shows a change at once and sends it. */
export const settingsStore = createStore<{readonly settings: Settings; readonly isLoaded: boolean}>(() => ({
  settings: settingsSchema.parse({}),
  isLoaded: false,
}));

export const useSettings = <Part>(select: (settings: Settings) => Part): Part =>
  useStore(settingsStore, ({settings}) => select(settings));

/** What a window that may only look has chosen for itself: the host keeps nothing of it. */
let ownAppearance: Partial<Settings> = {};

/** Loads the choices at every new connection: another window may have changed them. */
export function keepSettingsLoaded(onError: (error: unknown) => void): () => void {
  const load = (): void =>
    void client.app
      .settings()
      .then((settings) =>
        settingsStore.setState({settings: withChanges(settings, ownAppearance), isLoaded: true}),
      )
      .catch(onError);
  return connectionStore.subscribe((now, before) => {
    if (now.phase === 'open' && now.generation !== before.generation) load();
  });
}

/** How things look concerns the window alone; whoever may only look may still choose it, for this window. */
const appearanceNames: readonly string[] = ['theme', 'scale', 'colourMap', 'choices'];

const withChanges = (settings: Settings, changes: Partial<Settings>): Settings => ({
  ...settings,
  ...changes,
  choices: {...settings.choices, ...changes.choices},
});

/**
 * Changes choices here and at the host. Rejects when the host could not keep them; they hold in this window then. In a
 * window that may only look, its look changes for as long as it is open, and anything else is refused by the host.
 */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const isLookOnly = connectionStore.getState().info?.scope === 'read';
  if (isLookOnly && !Object.keys(changes).every((name) => appearanceNames.includes(name))) {
    await client.app.changeSettings(changes);
    return;
  }
  settingsStore.setState(({settings}) => ({settings: withChanges(settings, changes), isLoaded: true}));
  if (!isLookOnly) {
    await client.app.changeSettings(changes);
    return;
  }
  ownAppearance = {...ownAppearance, ...changes, choices: {...ownAppearance.choices, ...changes.choices}};
}

type Choice = string | number | boolean;

/** One choice of a panel by name (`scan.showProfiles`), with its value until the person chooses. */
export function useChoice<Value extends Choice>(
  name: string,
  otherwise: Value,
): [Value, (value: Value) => void] {
  const kept = useSettings(({choices}) => choices[name]);
  const value = typeof kept === typeof otherwise ? (kept as Value) : otherwise;
  return [value, (next) => void changeSettings({choices: {[name]: next}}).catch(forgetQuietly)];
}

/** A panel's choice that could not be sent holds in this window; the lost connection itself is shown by the frame. */
const forgetQuietly = (): void => undefined;
