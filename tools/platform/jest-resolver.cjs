// How specs find sources: `./x.js` of a TypeScript file is `./x.ts`, and a package of this repository is its src, as
// its package.json's exports map them to dist. So no test needs, or can be fooled by, a build.
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

const root = resolve(__dirname, '..', '..');
const sources = new Map();

for (const room of ['libs', 'apps', 'tools']) {
  for (const name of readdirSync(join(root, room))) {
    const manifest = join(root, room, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name: packageName, exports: entries = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const [entry, target] of Object.entries(entries)) {
      const file = typeof target === 'string' ? target : target.default;
      if (!file?.startsWith('./dist/')) continue;
      const source = file.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts');
      sources.set(packageName + entry.slice(1), join(dirname(manifest), source));
    }
  }
}

module.exports = (request, options) => {
  const source = sources.get(request);
  if (source !== undefined) return source;
  if (/^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes('node_modules')) {
    const typescript = resolve(options.basedir, request.replace(/\.js$/, '.ts'));
    if (existsSync(typescript)) return typescript;
  }
  try {
    return options.defaultResolver(request, options);
  } catch (error) {
    // Packages that are ES modules only export under the condition `import`; they are transformed to CommonJS.
    if (request.startsWith('.')) throw error;
    return options.defaultResolver(request, {
      ...options,
      conditions: [...(options.conditions ?? []), 'import'],
    });
  }
};
