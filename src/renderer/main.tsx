import {StrictMode} from 'react';
import {createRoot} from 'react-dom/client';
import {QueryClient, QueryClientProvider} from '@tanstack/react-query';
import './settings/theme.css';
import {App} from './app/App.tsx';
import {keepAppearance} from './app/appearance.ts';
import {bindEscapeToStop} from './app/halt.ts';
import {connectionStore, followStatus, keepConnected} from './connection/index.ts';
import {notifyProblem} from './parts/index.ts';
import {keepSettingsLoaded} from './settings/settings.ts';

bindEscapeToStop();
keepAppearance();

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The host is on this computer: a browser that believes to be offline is no reason to wait.
      networkMode: 'always',
      retry: false,
      refetchOnWindowFocus: false,
      staleTime: 2000,
    },
    mutations: {networkMode: 'always'},
  },
});

// After every new connection what was asked before may be old.
connectionStore.subscribe((now, before) => {
  if (now.generation !== before.generation) void queryClient.invalidateQueries();
});

/** A feed that fails by itself is reported once and subscribed to again, so that the frame keeps its state current. */
async function followStatusForEver(): Promise<never> {
  for (;;) {
    await followStatus(new AbortController().signal).catch(notifyProblem);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

keepSettingsLoaded(notifyProblem);
void keepConnected();
void followStatusForEver();

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
