import {useCallback, useState, type RefCallback} from 'react';

/**
 * Width of an element in rem, so that a page can be laid out by the room it has at the chosen size; null until it is
 * measured.
 */
export function useWidthRem(): [ref: RefCallback<HTMLElement>, widthRem: number | null] {
  const [widthRem, setWidthRem] = useState<number | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const measure = (): void => {
      const remPx = parseFloat(getComputedStyle(document.documentElement).fontSize) || 14;
      // Whole steps: a few pixels more or less never change a layout.
      setWidthRem(Math.round((element.clientWidth / remPx) * 2) / 2);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, widthRem];
}
