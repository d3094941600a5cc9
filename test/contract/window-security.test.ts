import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {contentSecurityPolicy, reactAriaPressStyleHash} from '../../src/contract/window-security.ts';

test('allows nothing that is not named, no inline script and no evaluated text', () => {
  const directives = new Map(
    contentSecurityPolicy.split('; ').map((text) => {
      const [name = '', ...sources] = text.split(' ');
      return [name, sources] as const;
    }),
  );
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'self'"]);
  expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
  expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
});

test('allows the style element that react-aria adds, as it stands in the installed package', () => {
  const package_ = createRequire(import.meta.url).resolve('react-aria/package.json');
  const source = readFileSync(join(dirname(package_), 'dist/private/interactions/usePress.mjs'), 'utf8');
  const attribute = /PRESSABLE_ATTRIBUTE = '([^']+)'/.exec(source)?.[1] ?? '';
  const template = /style\.textContent = `([^`]+)`\.trim\(\)/.exec(source)?.[1] ?? '';
  const style = template.replace(/\$\{[^}]+\}/, attribute).trim();
  expect(style).toContain('touch-action');
  const hash = createHash('sha256').update(style).digest('base64');
  expect(reactAriaPressStyleHash).toBe(`sha256-${hash}`);
});
