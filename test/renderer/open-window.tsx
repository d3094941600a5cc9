import {QueryClient, QueryClientProvider} from '@tanstack/react-query';
import {cleanup, render, waitFor} from '@testing-library/react';
import {userEvent, type UserEvent} from '@testing-library/user-event';
import type {ReactElement} from 'react';
import {Router} from 'wouter';
import {hashHref, navigate, useHashPath, useHashSearch} from '../../src/renderer/app/hash-location.ts';
import {
  connectionStore,
  followStatus,
  keepConnected,
  statusStore,
} from '../../src/renderer/connection/index.ts';
import type {Transport} from '../../src/renderer/connection/transport.ts';
import {keepSettingsLoaded, settingsStore} from '../../src/renderer/settings/settings.ts';
import {createMockHost, type MockHost, type MockHostOptions} from './mock-host.ts';

let host: MockHost | null = null;
let isConnecting = false;

const problems: unknown[] = [];

/** Connects as main.tsx does, but to whatever mock host there is at the moment. */
function keepConnectedToHost(): void {
  if (isConnecting) return;
  isConnecting = true;
  keepSettingsLoaded((problem) => problems.push(problem));
  void keepConnected(async (): Promise<Transport> => {
    if (!host) throw new Error('There is no mock host.');
    return host.transport;
  });
  void followStatus(new AbortController().signal).catch((problem: unknown) => problems.push(problem));
}

export interface OpenWindow {
  readonly host: MockHost;
  readonly user: UserEvent;
}

/** A part of the window at an address, connected to a mock host of its own. Ends with the test (`closeWindow`). */
export async function openWindow(
  part: ReactElement,
  address: string,
  options: MockHostOptions = {},
): Promise<OpenWindow> {
  const own = createMockHost(options);
  host = own;
  keepConnectedToHost();
  await waitFor(() => {
    if (problems.length > 0) throw problems[0];
    const isThere =
      connectionStore.getState().info?.hostId === own.hostId &&
      statusStore.getState().status?.hostId === own.hostId &&
      settingsStore.getState().isLoaded;
    if (!isThere) throw new Error('The window is not connected yet.');
  }, patient);
  navigate(address);
  const queryClient = new QueryClient({defaultOptions: {queries: {retry: false, networkMode: 'always'}}});
  render(
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashPath} searchHook={useHashSearch} hrefs={hashHref}>
        {part}
      </Router>
    </QueryClientProvider>,
  );
  return {host: own, user: userEvent.setup()};
}

/** Ends the connection of the window, and there is no host to connect to. */
export function loseHost(): void {
  host?.transport.close();
  host = null;
}

/** Takes the window down and its host away. */
export function closeWindow(): void {
  cleanup();
  loseHost();
  // The next window waits for the settings of its own host.
  settingsStore.setState({isLoaded: false});
}

/** For `findBy...` and `waitFor`: no test fails because a machine is slow. */
export const patient = {timeout: 240_000};
