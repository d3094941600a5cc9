/** Names of what shell and preload say to each other. */
export const channels = {
  requestPort: 'd2nn-bench:request-port',
  port: 'd2nn-bench:host-port',
  askHostState: 'd2nn-bench:ask-host-state',
  hostState: 'd2nn-bench:host-state',
  command: 'd2nn-bench:command',
  saveFile: 'd2nn-bench:save-file',
  openDataFile: 'd2nn-bench:open-data-file',
} as const;

export const pageScheme = 'app';
export const pageOrigin = 'app://bench';
export const pageUrl = `${pageOrigin}/index.html`;

/** True for the page itself, in any state of its hash. */
export function isPageUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const {protocol, host, pathname} = new URL(url);
  return protocol === `${pageScheme}:` && host === 'bench' && pathname === '/index.html';
}
