import shared from '../../../jest.config.mjs';

const { transform, resolver } = shared;

// Against a stack that runs already: nothing is started here, and nothing is compiled but the specs.
export default {
  rootDir: '../../..',
  roots: ['<rootDir>/apps/console/browser'],
  testMatch: ['**/*.{browser,stack}.spec.ts'],
  testEnvironment: 'node',
  transform: { '\\.ts$': transform['\\.ts$'] },
  transformIgnorePatterns: ['/node_modules/'],
  resolver,
  // axe reads every element several times, which takes a small machine many seconds a view.
  testTimeout: 180_000,
};
