import {
  portMessageType,
  type HostState,
  type ShellBridge,
  type ShellCommand,
} from '../contract/host-process.ts';
import {channels} from './channels.ts';

/** What the preload has of Electron and of its page. */
export interface BridgeParts {
  readonly platform: string;
  send(channel: string): void;
  invoke(channel: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Hears a channel; returns the way to stop hearing. */
  onMessage(channel: string, listener: (value: unknown, ports: readonly MessagePort[]) => void): () => void;
  /** Posts a message to the page's own window. */
  postToPage(message: unknown, transfer: readonly MessagePort[]): void;
}

/** The little that the page gets of the shell. Nothing of Electron itself is passed on. */
export function createBridge(parts: BridgeParts): ShellBridge {
  parts.onMessage(channels.port, (_value, ports) => parts.postToPage({type: portMessageType}, ports));
  return {
    kind: 'electron',
    platform: parts.platform,
    requestPort: () => parts.send(channels.requestPort),
    onHostState: (callback) => {
      const stop = parts.onMessage(channels.hostState, (value) => callback(value as HostState));
      parts.send(channels.askHostState);
      return stop;
    },
    onCommand: (callback) => parts.onMessage(channels.command, (value) => callback(value as ShellCommand)),
    saveFile: async (suggestedName, bytes) => {
      const path = await parts.invoke(channels.saveFile, suggestedName, bytes);
      return typeof path === 'string' ? path : null;
    },
    openDataFile: async (path) => {
      const problem = await parts.invoke(channels.openDataFile, path);
      return typeof problem === 'string' ? problem : null;
    },
  };
}
