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
  languages: ['study'],
  labels: ['study', 'randomization', 'languages'],
  report: ['study', 'randomization', 'assessment', 'schedule'],
  exports: ['study', 'randomization', 'schedule', 'ledger', 'labels', 'languages'],
  system: ['study', 'assessment'],
  store: ['study', 'randomization', 'blinding', 'ledger', 'schedule', 'system'],
};
const domain = [
  ...['study', 'randomization', 'assessment', 'report', 'schedule', 'blinding', 'ledger'],
  ...['labels', 'languages'],
];
/** A spread of a literal hides a merge: name the members where they belong. */
const SPREAD_LITERAL = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression',
  message: 'Write the members of this object into the outer one.',
};
/** How deep folders lie within a room. */
const DEPTHS = [1, 2, 3];

const impure = [
  { name: 'process', message: 'The domain takes values and returns values.' },
  { name: 'console', message: 'Only src/cli/output/output.ts writes to the terminal.' },
  { name: 'performance', message: 'The domain knows no clock.' },
  { name: 'crypto', message: 'Entropy is handed in (src/store/draw.ts).' },
];

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'coverage/', 'node_modules/', 'randose-demo*/'] },
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
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-syntax': ['error', SPREAD_LITERAL],
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
  ...Object.entries(mayImport).flatMap(([room, allowed]) =>
    DEPTHS.map((depth) => ({
      files: [`src/${room}/${'*/'.repeat(depth - 1)}*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                regex: `^(?:\\.\\./){${depth}}(?!(?:(?:errors|version|words|digest)\\.ts|(?:${['-', ...allowed].join('|')})/))`,
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
                        'hash',
                        'hkdfSync',
                        'KeyObject',
                        'sign',
                        'verify',
                      ],
                      message: 'Entropy is handed in (src/store/draw.ts).',
                    },
                  ]
                : []),
            ],
          },
        ],
      },
    })),
  ),
  {
    files: domain.map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-globals': ['error', ...impure],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Entropy is handed in.' },
        { object: 'Date', property: 'now', message: 'Time is handed in (src/system/clock.ts).' },
        { object: 'DateTime', property: 'now', message: 'Time is handed in.' },
        { object: 'DateTime', property: 'local', message: 'Civil dates have no zone.' },
      ],
      'no-restricted-syntax': [
        'error',
        SPREAD_LITERAL,
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
    // Commands meet the world through the output, system/ and store/ alone.
    files: ['src/cli/commands/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.\\./(?!\\.\\./)',
              message: 'What two commands share lives in cli/arguments, cli/output or cli/study.',
            },
            {
              regex: '^node:(?!path$)',
              message: 'Commands reach the machine through src/system and src/store.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'stdout',
          message: 'src/cli/output/output.ts is the only writer.',
        },
        {
          object: 'process',
          property: 'stderr',
          message: 'src/cli/output/output.ts is the only writer.',
        },
      ],
    },
  },
);
