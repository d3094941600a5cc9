import type {Page} from 'playwright-core';

/**
 * What a look at a page would find wrong: words that lie over other words, words that are cut off without a sign of it,
 * panels and tables that are wider than their place. A sentence for each; empty when all is well.
 */
export const layoutFaults = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    interface Box {
      readonly left: number;
      readonly top: number;
      readonly right: number;
      readonly bottom: number;
    }
    /** Rounding of fractions of a pixel, and the room that a font leaves above and below its letters. */
    const slackPx = 2;
    const rowSlackPx = 4;
    const isVisible = (element: Element): boolean =>
      element.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const styleOf = (element: Element): CSSStyleDeclaration => getComputedStyle(element);
    const textOf = (node: Text): string => (node.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);

    const everything: Box = {left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity};
    const intersection = (one: Box, other: Box): Box => ({
      left: Math.max(one.left, other.left),
      top: Math.max(one.top, other.top),
      right: Math.min(one.right, other.right),
      bottom: Math.min(one.bottom, other.bottom),
    });
    const rooms = new Map<Element, Box>();
    /** What an element and its ancestors, which scroll or cut, leave to be seen of what is in it. */
    const roomOf = (element: Element | null): Box => {
      if (element === null) return everything;
      const known = rooms.get(element);
      if (known) return known;
      const {overflowX, overflowY, position} = styleOf(element);
      const own = element.getBoundingClientRect();
      const left = position === 'fixed' ? everything : roomOf(element.parentElement);
      const cutX = overflowX === 'visible' ? {} : {left: own.left, right: own.right};
      const cutY = overflowY === 'visible' ? {} : {top: own.top, bottom: own.bottom};
      const room = intersection(left, {...everything, ...cutX, ...cutY});
      rooms.set(element, room);
      return room;
    };
    /** A bar that stays while the rest scrolls lies over words that can be scrolled to. */
    const isBehindStickyBar = (box: Box, element: Element): boolean => {
      const front = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (front === null || element.contains(front) || front.contains(element)) return false;
      for (let at: Element | null = front; at !== null; at = at.parentElement)
        if (styleOf(at).position === 'sticky') return true;
      return false;
    };
    const words: {readonly node: Text; readonly element: Element; readonly box: Box}[] = [];
    const cut: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!(node instanceof Text) || textOf(node) === '' || element === null || !isVisible(element)) continue;
      if (element.closest('svg, option, [aria-hidden="true"], script, style')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of Array.from(range.getClientRects())) {
        // Words for screen readers alone are a pixel wide.
        if (rect.width < 3 || rect.height < 3) continue;
        const box = intersection(rect, roomOf(element));
        if (
          box.right - box.left > slackPx &&
          box.bottom - box.top > slackPx &&
          !isBehindStickyBar(box, element)
        )
          words.push({node, element, box});
        const panel = element.closest('section, form, table, [role="dialog"]')?.getBoundingClientRect();
        if (panel && box.right - panel.right > slackPx && box.right > box.left)
          cut.push(`"${textOf(node)}" sticks out of its panel`);
        const isElided = (at: Element | null): boolean =>
          at !== null &&
          (styleOf(at).textOverflow === 'ellipsis' ||
            /auto|scroll/.test(styleOf(at).overflowX) ||
            isElided(at.parentElement));
        const isShown = box.right > box.left && box.bottom > box.top;
        if (isShown && rect.right - box.right > slackPx && !isElided(element))
          cut.push(`"${textOf(node)}" is cut at its right end`);
      }
    }
    const overlapping: string[] = [];
    words.sort((one, other) => one.box.top - other.box.top);
    for (const [index, one] of words.entries())
      for (const other of words.slice(index + 1)) {
        if (other.box.top > one.box.bottom - rowSlackPx) break;
        if (one.node === other.node) continue;
        const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (width > slackPx && height > rowSlackPx)
          overlapping.push(`"${textOf(one.node)}" and "${textOf(other.node)}" overlap`);
      }
    const wide = Array.from(document.querySelectorAll('*')).flatMap((element) => {
      // A log, a trace, a table for comparing may be wider than a small window: it scrolls, can be reached, and says so.
      const mayScroll = element.closest('[data-scrolls-sideways], pre, [role="grid"]') !== null;
      const isWide = element.scrollWidth > element.clientWidth + slackPx && element.clientWidth > 0;
      if (!isWide || mayScroll || !isVisible(element) || !/auto|scroll/.test(styleOf(element).overflowX))
        return [];
      const name = `${element.tagName.toLowerCase()}.${element.className}`.slice(0, 60);
      return [`${name} is ${element.scrollWidth} px wide in ${element.clientWidth} px`];
    });
    return [...new Set([...overlapping, ...cut, ...wide])];
  });
