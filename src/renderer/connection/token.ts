const key = 'd2nn-bench.token';

/**
 * The token of this tab: from the link that opened it (after `#token=`, where no server and no log sees it), else the
 * one that this tab or an earlier one was opened with. The link's token is taken out of the address at once.
 */
export function readToken(): string | null {
  const inLink = tokenFrom(location.hash);
  if (inLink !== null) {
    keepToken(inLink);
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
    return inLink;
  }
  return sessionStorage.getItem(key) ?? localStorage.getItem(key);
}

/** Two tabs may have different scopes, so a tab keeps its own; a new tab starts with the latest. */
export function keepToken(token: string): void {
  sessionStorage.setItem(key, token);
  localStorage.setItem(key, token);
}

/** The token in a pasted link or alone; null when there is none. */
export function tokenFrom(text: string): string | null {
  const match = /(?:^|[#?&])token=([\w~.-]+)/.exec(text);
  if (match?.[1] !== undefined) return match[1];
  return /^[\w~.-]{16,}$/.test(text.trim()) ? text.trim() : null;
}
