import '@fontsource-variable/instrument-sans/wght.css';
import '@fontsource/commit-mono/latin-400.css';
import '@fontsource/commit-mono/latin-600.css';
import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { Console } from './shell/console.js';

// Without it zod tries to compile its checks with eval, which the page's policy forbids and reports.
config({ jitless: true });

const root = document.getElementById('root');
if (root === null) throw new Error('The document has no element #root.');
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
