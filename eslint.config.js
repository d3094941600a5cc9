import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import {functionSizeRule} from './tools/function-size.mjs';
import {fileInList, readExceptions} from './tools/long-functions.mjs';

const house = {rules: {'function-size': functionSizeRule(readExceptions(), fileInList)}};

export default tseslint.config(
  {ignores: ['node_modules', 'dist', 'coverage', 'src/twin/kernel/assembly', 'src/twin/kernel/fft-wasm.ts']},
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {parserOptions: {projectService: true}},
    linterOptions: {reportUnusedDisableDirectives: 'error'},
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/require-await': 'off',
      'no-empty': ['error', {allowEmptyCatch: false}],
      'max-lines': ['error', {max: 500, skipBlankLines: true, skipComments: true}],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // 60 lines of code and 4 parameters, React components included; exceptions in tools/long-functions.json.
    files: ['src/**', 'drivers/**'],
    plugins: {house},
    rules: {'house/function-size': 'error'},
  },
  {
    files: ['src/renderer/**', 'test/renderer/**'],
    ...reactHooks.configs.flat['recommended'],
  },
  {
    files: ['src/renderer/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ObjectExpression:has(> Property[key.name='enabled']):has(Identifier[name='skipToken'])",
          message:
            '`enabled` would ask a query whose input is skipped: put the condition into the input alone (condition ? input : skipToken).',
        },
      ],
    },
  },
  {
    files: ['src/host/**', 'src/main/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "TSAsExpression[expression.callee.object.name='JSON'][expression.callee.property.name='parse']:not([typeAnnotation.type='TSUnknownKeyword'])",
          message:
            'What was stored is read by the declaration of its kind (src/contract/stored), never taken for a type unchecked.',
        },
      ],
    },
  },
  {
    files: ['src/cli/**', 'bench/**', 'tools/**'],
    rules: {'no-console': 'off'},
  },
);
