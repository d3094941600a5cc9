import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exportFormatNames} from '../../src/contract/export-formats.ts';
import {planLabels, planNames} from '../../src/contract/plan-names.ts';
import {planMiddle, planTitle} from '../../src/contract/plan-span.ts';
import {planSpecSchema} from '../../src/contract/plan-spec.ts';
import {drivers} from '../../drivers/index.ts';

const docOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('lists that the compiler checks are in the documents too', () => {
  it('has a label for every plan that a schema takes, and a sentence about each', () => {
    const taken = planSpecSchema.options.map(({shape}) => shape.plan.value);
    expect([...planNames].sort()).toEqual([...taken].sort());
    for (const name of planNames) {
      expect(planLabels[name]).toMatch(/^[A-Z]/);
      expect(docOf('docs/operator.md')).toContain(`\`${name}\``);
    }
  });

  it('tells every plan in a line and knows its middle', () => {
    const spec = planSpecSchema.parse({
      plan: 'line',
      axis: 'y',
      startMm: -4,
      stopMm: 8,
      stepMm: 1,
      otherMm: 3,
    });
    expect(planTitle(spec)).toBe('line along y, -4 to 8 mm');
    expect(planMiddle(spec)).toEqual({xMm: 3, yMm: 2});
  });

  it.each(exportFormatNames)('says in the page of the API what %s is', (name) => {
    expect(docOf('docs/api.md')).toContain(`\`${name}\``);
  });

  it.each(drivers.map(({name}) => name))('names the driver %s in a page about instruments', (name) => {
    const driver = drivers.find((candidate) => candidate.name === name);
    expect(docOf(driver?.docs ?? '')).toContain(`\`${name}\``);
  });
});
