import {decode} from 'fast-png';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {colourStops, createColourMap, type Rgb} from '../../../src/host/report/colour-map.ts';
import {cropMask} from '../../../src/host/report/digit-card.ts';
import {escapeText, markup} from '../../../src/host/report/markup.ts';
import {formatFixed, formatTime} from '../../../src/host/report/number-format.ts';
import {scaleTicks, scanPointFrom} from '../../../src/host/report/plane-figure.ts';
import {createPngAddress, createRaster} from '../../../src/host/report/raster.ts';
import {renderReport} from '../../../src/host/report/render-report.ts';
import {assembleCampaignResult} from '../../../src/host/compare/assemble-campaign-result.ts';
import {computeDesignPoints} from '../../../src/twin/metrics/registration.ts';
import {createSyntheticReport} from './synthetic-report.ts';

const picture = (address: string) => decode(Buffer.from(address.split(',')[1], 'base64'));

describe('renderReport', () => {
  const data = createSyntheticReport();
  const html = renderReport(data);

  it('is one file that asks for nothing from elsewhere and runs nothing', () => {
    expect(html).not.toMatch(/https?:|<script|<link|<iframe|@import|\ssrc=|url\((?!#)|\son[a-z]+=/i);
    for (const [, address] of html.matchAll(/href="([^"]*)"/g))
      expect(address).toMatch(/^(#digit-\d+|data:image\/png;base64,)/);
    expect(html).toContain("default-src 'none'");
  });

  it('shows the simulation as aligned where a placement was accepted, and not a word of it elsewhere', () => {
    expect(html).not.toMatch(/aligned/i);
    const [first] = data.result.digits;
    const rate = {successes: 1, count: 2, ratio: 0.5, low: 0.1, high: 0.9, confidence: 0.95};
    const aligned = renderReport({
      ...data,
      result: {
        ...data.result,
        digits: [{...first, aligned: {...first.registered, pearson: 0.9876}}, ...data.result.digits.slice(1)],
        matrices: {...data.result.matrices, aligned: data.result.matrices.registered},
        alignment: {
          placementUid: 'p',
          alignmentUid: 'a',
          alignedAtS: 1000,
          matchAligned: rate,
          accuracyAligned: rate,
        },
      },
      digits: data.digits.map((digit, i) =>
        i === 0 ? {...digit, simulatedAligned: digit.simulatedRegistered} : digit,
      ),
    });
    for (const text of [
      'Match as aligned',
      '0.988 aligned',
      'simulated, as aligned',
      'measured minus aligned',
    ])
      expect(aligned).toContain(text);
    // The digit without one is shown as before.
    expect(aligned).toContain('measured minus registered');
    expect(aligned).toContain('<td>n/a</td>');
  });

  it('opens and closes its elements in order', () => {
    const open: string[] = [];
    const body = html.replace(/<style>.*<\/style>/s, '').replace(/^<!doctype html>/, '');
    for (const [tag, slash, name] of body.matchAll(/<(\/?)([a-zA-Z0-9]+)[^>]*>/g)) {
      if (tag.endsWith('/>') || name === 'meta') continue;
      if (slash === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('shows the headline with its interval, every digit, both matrices, where it comes from and how to redo it', () => {
    for (const text of [
      'Match with the nominal simulation',
      '2 of 2, 95 % interval 34 to 100 %',
      'Match as registered',
      'Accuracy measured',
      'Measured: counts',
      'Simulated nominal: mean energy share (%)',
      'id="digit-1"',
      'measured minus registered',
      '0.600 \u00b1 0.004 mm',
      'unambiguous',
      'timeConstantS',
      `sha256:${'ab'.repeat(32)}`,
      'run-0',
      'd2nn-bench report 0d5c2f2e',
      '2026-11-24 10:00:00 UTC',
    ])
      expect(html).toContain(text);
    expect(html.match(/<svg[^>]*role="img" aria-label="[^"]+"/g)!.length).toBe(
      html.match(/role="img"/g)!.length,
    );
    expect(html).not.toMatch(/NaN|undefined|\[object|Infinity/);
  });

  it('gives the same file for the same data', () => {
    expect(renderReport(data)).toBe(html);
  });

  it('escapes whatever people wrote', () => {
    const nasty = `<img src=x onerror="alert('1')"></script>&amp;\u0000`;
    const text = renderReport(createSyntheticReport({digits: [3], text: nasty}));
    expect(text).not.toContain('<img');
    expect(text).not.toContain('</script>');
    expect(text).toContain(
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&lt;/script&gt;&amp;amp; ',
    );
  });

  it('can be written for a campaign that ended before its first digit', () => {
    const {result} = assembleCampaignResult({
      regions: data.regions,
      registration: {dxMm: 0, dyMm: 0, rotationDeg: 0},
      digits: [],
    });
    const text = renderReport({...data, result, digits: [], instruments: []});
    expect(text).toContain('0 of 0, 95 % interval 0 to 100 %');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says so when there is no drift, no fit, no mask and no noise', () => {
    const [digit] = data.result.digits;
    const [planes] = data.digits;
    const {dxMm, dyMm, rotationDeg} = data.result.registration;
    const text = renderReport({
      ...data,
      warnings: ['stopped by the operator'],
      fitted: [['beam radius', '29.8 mm']],
      result: {
        ...data.result,
        registration: {dxMm, dyMm, rotationDeg},
        digits: [{...digit, measured: {...digit.measured, marginSigma: null, problem: 'not fully measured'}}],
      },
      digits: [{...planes, mask: null, scan: {...planes.scan, references: []}}],
    });
    for (const said of [
      'No reference point',
      'was given',
      'noise not measurable',
      'not fully measured',
      'stopped by',
    ])
      expect(text).toContain(said);
  });
});

describe('markup', () => {
  it('lets no text out of its place', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        const inside = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/s.exec(
          markup`<p title="${text}">${text}</p>`.text,
        );
        expect(inside?.[1]).toBe(escapeText(text));
      }),
    );
    expect(markup`${[markup`<b>`, '<b>', 2]}${null}${false}`.text).toBe('<b>&lt;b&gt;2');
  });
});

describe('pictures', () => {
  const cell = {widthMm: 1, heightMm: 1};

  it('have the largest y on top and x to the right', () => {
    const raster = createRaster([0, 1, 0, 1], [0, 0, 1, 1], [0, 0.25, 0.5, 1], cell);
    const png = picture(createPngAddress(raster, 'viridis', {low: 0, high: 1, kind: 'linear'}));
    const pixel = (row: number, column: number): number[] =>
      Array.from(png.data.slice(4 * (2 * row + column), 4 * (2 * row + column) + 3));
    const viridis = createColourMap('viridis');
    expect(pixel(0, 0)).toEqual(viridis(0.5));
    expect(pixel(0, 1)).toEqual(viridis(1));
    expect(pixel(1, 0)).toEqual(viridis(0));
    expect(pixel(1, 1)).toEqual(viridis(0.25));
  });

  it('leave cells without a point transparent, whatever the scale', () => {
    const raster = createRaster([0, 2], [0, 1], [-5, 9], cell);
    const {data, width, height} = picture(
      createPngAddress(raster, 'cividis', {low: 0, high: 1, kind: 'root'}),
    );
    expect([width, height]).toEqual([3, 2]);
    const alpha = Array.from({length: 6}, (_, i) => data[4 * i + 3]);
    expect(alpha).toEqual([0, 0, 255, 255, 0, 0]);
    // Values outside the scale take its ends.
    expect(Array.from(data.slice(12, 15))).toEqual(createColourMap('cividis')(0));
    expect(Array.from(data.slice(8, 11))).toEqual(createColourMap('cividis')(1));
  });

  it('draw the boxes where the scan saw the regions: the inverse of the registration', () => {
    const frame = {dxMm: 1.2, dyMm: -0.7, rotationDeg: 1.5};
    const [x, y] = scanPointFrom([12, -6], frame);
    const back = computeDesignPoints([x], [y], frame);
    expect(back.xMm[0]).toBeCloseTo(12, 12);
    expect(back.yMm[0]).toBeCloseTo(-6, 12);
  });

  it('crop a mask about its openings without moving them', () => {
    const amplitude = new Float64Array(100);
    amplitude[3 * 10 + 6] = 1;
    const raster = cropMask({count: 10, pitchMm: 0.5, amplitude});
    const at = raster.values.indexOf(1);
    const xMm = raster.leftMm + ((at % raster.columns) + 0.5) * raster.cellWidthMm;
    const yMm = raster.bottomMm + (Math.floor(at / raster.columns) + 0.5) * raster.cellHeightMm;
    expect(xMm).toBeCloseTo((6 - 4.5) * 0.5, 12);
    expect(yMm).toBeCloseTo((3 - 4.5) * 0.5, 12);
    expect(raster.columns).toBeLessThan(10);
  });
});

describe('colour maps', () => {
  /** CIE 1976 lightness of an sRGB colour, 0..100. */
  const lightness = (rgb: Rgb): number => {
    const [r, g, b] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
  };

  it.each(['viridis', 'cividis'] as const)('%s rises in lightness by even steps', (name) => {
    const map = createColourMap(name);
    const steps = Array.from({length: 20}, (_, i) => lightness(map((i + 1) / 20)) - lightness(map(i / 20)));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    for (const step of steps) {
      expect(step).toBeGreaterThan(0.5 * mean);
      expect(step).toBeLessThan(1.6 * mean);
    }
  });

  it('puts zero of a difference at the lightest, colourless middle', () => {
    const map = createColourMap('difference');
    expect(map(0.5)).toEqual([247, 247, 247]);
    for (const part of [0, 0.2, 0.4, 0.6, 0.8, 1])
      expect(lightness(map(part))).toBeLessThan(lightness(map(0.5)));
    expect(colourStops('difference')).toHaveLength(11);
    expect(() => map(NaN)).toThrow('no colour');
  });
});

describe('numbers', () => {
  it('are printed with the digits they have, and never made up', () => {
    expect(formatFixed(-0.0001, 2)).toBe('0.00');
    expect(formatFixed(null, 2)).toBe('n/a');
    expect(formatTime('yesterday')).toBe('yesterday');
    expect(scaleTicks({low: 0, high: 48, kind: 'root'})).toEqual([0, 3, 10, 20, 40]);
    expect(scaleTicks({low: 2, high: 2, kind: 'linear'})).toEqual([2]);
  });
});
