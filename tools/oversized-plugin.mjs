// A plugin of oxlint for tools/long-functions.mjs: the rule of sizes without exceptions.
import {functionSizeRule} from './function-size.mjs';
import {fileInList} from './long-functions.mjs';

export default {
  meta: {name: 'sizes'},
  rules: {oversized: functionSizeRule({lines: {}, parameters: {}}, fileInList)},
};
