import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The house rules (docs/ARCHITECTURE.md): which room may import from which. A room that is not
 * named here may import from none, so a new folder has to be placed before it can be used.
 */
const mayImport = {
  study: [],
  randomization: ['study'],
  assessment: ['study', 'randomization'],
  schedule: ['study'],
  blinding: ['study', 'randomization'],
  ledger: ['study', 'randomization'],
  supplies: ['study', 'randomization'],
  report: ['study', 'randomization', 'assessment', 'schedule'],
  exports: ['study', 'randomization', 'schedule', 'ledger', 'supplies'],
  platform: ['study', 'randomization', 'blinding', 'ledger', 'schedule'],
};
const domain = [
  ...['study', 'randomization', 'assessment', 'report', 'schedule', 'blinding', 'ledger'],
  'supplies',
];

const impure = [
  { name: 'process', message: 'The domain takes values and returns values.' },
  { name: 'console', message: 'Only src/cli/output.ts writes to the terminal.' },
  { name: 'performance', message: 'The domain knows no clock.' },
  { name: 'crypto', message: 'Entropy is handed in (src/platform/entropy.ts).' },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'randose-demo*/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      'no-console': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
      },
    },
  },
  ...Object.entries(mayImport).map(([room, allowed]) => ({
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^\\.\\./(?!(?:errors\\.ts|version\\.ts|(?:${['-', ...allowed].join('|')})/))`,
              message: `src/${room} may import from: ${allowed.join(', ') || 'no other room'}.`,
            },
            ...(domain.includes(room)
              ? [
                  {
                    regex: '^node:(?!crypto$)',
                    message: 'The domain takes values and returns values: no files, no machine.',
                  },
                  {
                    regex: '^node:crypto$',
                    allowImportNames: [
                      'createCipheriv',
                      'createHash',
                      'createHmac',
                      'createPrivateKey',
                      'createPublicKey',
                      'diffieHellman',
                      'generateKeyPairSync',
                      'hkdfSync',
                      'KeyObject',
                      'sign',
                      'verify',
                    ],
                    message: 'Entropy is handed in (src/platform/entropy.ts).',
                  },
                ]
              : []),
          ],
        },
      ],
    },
  })),
  {
    files: domain.map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-globals': ['error', ...impure],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Entropy is handed in.' },
        { object: 'Date', property: 'now', message: 'Time is handed in (src/platform/clock.ts).' },
        { object: 'DateTime', property: 'now', message: 'Time is handed in.' },
        { object: 'DateTime', property: 'local', message: 'Civil dates have no zone.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Time is handed in.',
        },
      ],
    },
  },
  {
    files: ['src/errors.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '.', message: 'The ground floor imports nothing.' }] },
      ],
    },
  },
  {
    // Commands meet the world through output.ts and platform/ alone.
    files: ['src/cli/commands/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^node:(?!path$)',
              message: 'Commands reach the machine through src/platform.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'stdout', message: 'src/cli/output.ts is the only writer.' },
        { object: 'process', property: 'stderr', message: 'src/cli/output.ts is the only writer.' },
      ],
    },
  },
);
