import {cleanup, render, screen} from '@testing-library/react';
import {userEvent} from '@testing-library/user-event';
import {type ReactElement, useState} from 'react';
import {I18nProvider} from 'react-aria-components';
import {afterEach, describe, expect, test} from 'vitest';
import {formatNumber, numberMarksOf} from '../../../src/base/number-text.ts';
import {NumberField} from '../../../src/renderer/parts/index.ts';
import {type Entry, locales, numbers, refusedTexts} from '../../number-texts.ts';

afterEach(cleanup);

/** A field whose owner keeps the value, as forms do; `values` gets every value that it was given. */
function OwnedField({values}: {readonly values: number[]}): ReactElement {
  const [value, setValue] = useState(7);
  const take = (next: number): void => {
    values.push(next);
    setValue(next);
  };
  return <NumberField label="Step" unit="mm" value={value} onChange={take} />;
}

/** What a screen reader says of the field beside its name and text. */
const descriptionOf = (field: HTMLElement): string =>
  (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ')
    .trim();

describe.each(locales)('a number field in %s', (locale, ambiguous) => {
  test.each<Entry>(['typed', 'pasted'])('takes what is %s as the one number that it means', async (how) => {
    const user = userEvent.setup();
    const values: number[] = [];
    render(
      <I18nProvider locale={locale}>
        <OwnedField values={values} />
      </I18nProvider>,
    );
    const field = screen.getByLabelText<HTMLInputElement>('Step');
    const texts = [...numbers, ...[...refusedTexts, ambiguous].map((text) => [text, null] as const)];
    for (const [text, value] of texts) {
      const what = `${text}, ${how} in ${locale}`;
      await user.clear(field);
      if (how === 'typed') await user.keyboard(text.replaceAll(/[[{]/g, '$&$&'));
      else await user.paste(text);
      expect(field.value, `${what}, while it is written`).toBe(text);
      await user.tab();
      expect(field.value, what).toBe(value === null ? text : formatNumber(value, numberMarksOf(locale)));
      expect(values.at(-1), what).toBe(value ?? Number.NaN);
      expect(field.getAttribute('aria-invalid') === 'true', what).toBe(value === null);
      if (value === null) expect(descriptionOf(field), what).toMatch(/\w.*\.$/);
    }
    expect(descriptionOf(field)).toMatch(/1[.,]234" can mean 1[.,]234 or 1234/);
  });
});
