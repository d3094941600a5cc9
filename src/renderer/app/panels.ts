import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';

/** What of the frame lies over the page; one at a time. */
export type FramePanel = 'palette' | 'keyboard' | 'bench' | 'new-session';

interface PanelState {
  readonly openPanel: FramePanel | null;
  readonly setOpenPanel: (panel: FramePanel | null) => void;
}

const panelStore = createStore<PanelState>((set) => ({
  openPanel: null,
  setOpenPanel: (openPanel) => set({openPanel}),
}));

export const usePanels = (): PanelState => useStore(panelStore);
