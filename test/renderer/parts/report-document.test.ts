import {describe, expect, it} from 'vitest';
import {undressReport} from '../../../src/renderer/parts/report-document.ts';

describe('a report taken apart for a page whose policy allows no style in markup', () => {
  const {html, css} = undressReport(
    '<!doctype html><html><head><meta http-equiv="x" content="y"><style>p{color:red}</style></head>' +
      '<body><p class="a" style="width:3px">style= stays in text</p><svg><rect style="fill:#000"/></svg>' +
      '<script>alert(1)</script></body></html>',
  );

  it('keeps the sheets apart and every style attribute under another name', () => {
    expect(css).toBe('p{color:red}');
    expect(html).toContain('<p class="a" data-style="width:3px">style= stays in text</p>');
    expect(html).toContain('<rect data-style="fill:#000"/>');
    expect(html).not.toMatch(/<style|\sstyle="/);
  });

  it('leaves out what could run or change the policy', () => {
    expect(html).not.toMatch(/script|http-equiv/);
  });
});
