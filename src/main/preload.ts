/** Runs before the page in a sandbox; bundled as one CommonJS file. */
import {contextBridge, ipcRenderer, type IpcRendererEvent} from 'electron';
import type {ShellBridge} from '../contract/host-process.ts';
import {createBridge} from './bridge.ts';

const bridge = createBridge({
  platform: process.platform,
  send: (channel) => ipcRenderer.send(channel),
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  onMessage: (channel, listener) => {
    const onMessage = (event: IpcRendererEvent, value: unknown): void => listener(value, event.ports);
    ipcRenderer.on(channel, onMessage);
    return () => void ipcRenderer.off(channel, onMessage);
  },
  postToPage: (message, transfer) => window.postMessage(message, window.location.origin, [...transfer]),
}) satisfies ShellBridge;

contextBridge.exposeInMainWorld('d2nnShell', bridge);
