/** A report taken apart: what it says, and its style sheets as one. */
export interface UndressedReport {
  /** The document without style; each `style` attribute waits in `data-style`. */
  readonly html: string;
  readonly css: string;
}

/**
 * Takes the style out of a report, because the policy of this page (which a document of ours inherits) allows none in
 * markup; `dressReport` puts it on by the ways that the policy leaves to the page itself. Scripts, which the frame
 * would not run anyway, go.
 */
export function undressReport(html: string): UndressedReport {
  const sheet = /<style[^>]*>([\s\S]*?)<\/style>/g;
  const css = [...html.matchAll(sheet)].map(([, text]) => text).join('\n');
  // In the text already: even a document that is only parsed inherits the policy, which would complain of each style.
  const bare = html
    .replace(sheet, '')
    .replace(/<script[\s\S]*?<\/script>/g, '')
    .replace(/<meta[^>]*http-equiv[^>]*>/g, '')
    .replace(/(<[^<>]*?\s)style=/g, '$1data-style=');
  return {html: bare, css};
}

/** Puts the style on, inside the frame that shows the report, in the theme of the window. */
export function dressReport(frame: HTMLIFrameElement, css: string): void {
  const page = frame.contentDocument;
  const inner = frame.contentWindow as (Window & {CSSStyleSheet: typeof CSSStyleSheet}) | null;
  if (!page || !inner) return;
  const sheet = new inner.CSSStyleSheet();
  sheet.replaceSync(css);
  page.adoptedStyleSheets = [sheet];
  for (const element of page.querySelectorAll<HTMLElement | SVGElement>('[data-style]'))
    element.style.cssText = element.dataset.style ?? '';
}

/**
 * Lets the window hear Escape, which is STOP, also while the focus is in the frame: keys pressed in another document do
 * not reach this one by themselves.
 */
export function forwardEscape(frame: HTMLIFrameElement): void {
  const forward = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    const {key, code, repeat} = event;
    window.dispatchEvent(new KeyboardEvent(event.type, {key, code, repeat, bubbles: true, cancelable: true}));
  };
  frame.contentDocument?.addEventListener('keydown', forward, {capture: true});
  frame.contentDocument?.addEventListener('keyup', forward, {capture: true});
}
