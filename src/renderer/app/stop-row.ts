import {type RefObject, useLayoutEffect} from 'react';

/** The row of the frame that is kept free for the notice of a STOP. */
export const stopRowId = 'stop-row';

/**
 * Puts a notice that lies above everything (dialogs too) where the frame keeps a row free for it, and makes the row as
 * high as the notice is. Without a notice the row is gone.
 */
export function useStopRow(notice: RefObject<HTMLElement | null>, isShown: boolean): void {
  useLayoutEffect(() => {
    const [element, row] = [notice.current, document.getElementById(stopRowId)];
    if (!isShown || !element || !row) return undefined;
    const root = document.documentElement;
    const place = (): void => {
      root.style.setProperty('--stop-notice-height', `${element.offsetHeight}px`);
      element.style.top = `${row.getBoundingClientRect().top}px`;
    };
    place();
    // The bar above may take another line when the window gets narrower; the notice, when it says more.
    const observer = new ResizeObserver(place);
    for (const watched of [element, root, row.previousElementSibling]) if (watched) observer.observe(watched);
    return () => {
      observer.disconnect();
      root.style.removeProperty('--stop-notice-height');
    };
  }, [notice, isShown]);
}
