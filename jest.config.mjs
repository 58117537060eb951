// Everything, ES modules of node_modules included, is transformed to CommonJS: Nest 12 is ES modules only, and jest's
// own support for them needs a flag of Node and is slow.
const swc = (parser) => [
  '@swc/jest',
  {
    jsc: {
      parser,
      target: 'es2022',
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    isModule: parser.syntax === 'typescript' ? true : 'unknown',
    module: { type: 'commonjs' },
    configFile: false,
    swcrc: false,
  },
];

export default {
  roots: ['libs', 'apps', 'tools', 'examples', 'e2e', 'spec'].map((room) => `<rootDir>/${room}`),
  testMatch: ['**/*.{unit,int,e2e}.spec.ts'],
  testEnvironment: 'node',
  transform: {
    '\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '\\.[mc]?js$': swc({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: [],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  resolver: '<rootDir>/tools/platform/jest-resolver.cjs',
  globalSetup: '<rootDir>/tools/platform/jest-setup.mjs',
  globalTeardown: '<rootDir>/tools/platform/jest-teardown.mjs',
  // Two cores, and each worker holds a Nest application and its pools.
  maxWorkers: 2,
  testTimeout: 30_000,
};
