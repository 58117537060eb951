import { assetsOf, foreign } from './page.js';

const page = `<!doctype html><html><head>
  <link rel="icon" href="/icon.svg" /><link rel="stylesheet" crossorigin href="/assets/index.css">
  <script type="module" crossorigin src="/assets/index.js"></script>
  <script src="//cdn.example/a.js"></script><img alt="" src="https://example.com/b.png">
</head><body></body></html>`;

it('names everything that a page asks for at once, and what of it would be asked of another machine', () => {
  const assets = assetsOf(page);
  expect(assets).toEqual([
    '/icon.svg',
    '/assets/index.css',
    '/assets/index.js',
    '//cdn.example/a.js',
    'https://example.com/b.png',
  ]);
  expect(foreign(assets)).toEqual(['//cdn.example/a.js', 'https://example.com/b.png']);
});
