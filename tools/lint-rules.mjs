// The project's own lint rules, a plugin of oxlint (.oxlintrc.json).
import {functionSizeRule} from './function-size.mjs';
import {fileInList, readExceptions} from './long-functions.mjs';

/** A rule that refuses what a selector finds. */
const refuse = (selector, message) => ({
  meta: {type: 'problem', schema: []},
  create: (context) => ({[selector]: (node) => context.report({node, message})}),
});

export default {
  meta: {name: 'house'},
  rules: {
    'function-size': functionSizeRule(readExceptions(), fileInList),
    'no-enabled-beside-skip-token': refuse(
      "ObjectExpression:has(> Property[key.name='enabled']):has(Identifier[name='skipToken'])",
      '`enabled` would ask a query whose input is skipped: put the condition into the input alone (condition ? input : skipToken).',
    ),
    'no-cast-of-parsed-json': refuse(
      "TSAsExpression[expression.callee.object.name='JSON'][expression.callee.property.name='parse']:not([typeAnnotation.type='TSUnknownKeyword'])",
      'What was stored is read by the declaration of its kind (src/contract/stored), never taken for a type unchecked.',
    ),
  },
};
