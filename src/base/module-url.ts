/**
 * The same modules run as TypeScript in the source tree and as JavaScript in `dist/node`, which has the same shape.
 * What is found by its address rather than by an import goes through here.
 */

/** Address of the module `path` (relative, written with `.ts`) as seen from a module, in the form that is running. */
export function moduleUrl(path: string, fromUrl: string): URL {
  const isSource = new URL(fromUrl).pathname.endsWith('.ts');
  return new URL(isSource ? path : path.replace(/\.ts$/, '.js'), fromUrl);
}

/** Address of the folder that holds package.json, designs and docs, with a slash at its end. */
export function programRootUrl(fromUrl: string): URL {
  const {href} = new URL('.', fromUrl);
  const inside = href.lastIndexOf('/src/');
  if (inside < 0) throw new RangeError(`${fromUrl} is no module of this program's src folder.`);
  const tree = href.slice(0, inside);
  return new URL(`${tree.endsWith('/dist/node') ? tree.slice(0, -'/dist/node'.length) : tree}/`);
}
