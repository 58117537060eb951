import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// JSX needs no plugin: the compiler reads how to write it from page/tsconfig.json.
export default defineConfig(({ mode }) => ({
  root: fileURLToPath(new URL('page', import.meta.url)),
  build: {
    // Two builds: only that of a demonstration has what breaks things (page/demo).
    outDir: mode === 'demo' ? '../dist/public-demo' : '../dist/public',
    emptyOutDir: true,
    target: 'es2022',
    // Where light-dark() is at home.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Fonts inside the style sheet would need data: in the page's policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      onLog(level, log, report) {
        // "use client" is for servers that render; this page has none.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
}));
