import { useEffect, useState } from 'react';

/** Custom properties as colours for a canvas, which can't read them; new ones whenever the theme changes. */
export function useColours<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const [colours, setColours] = useState(() => resolved(names));
  useEffect(() => {
    const refresh = () => setColours(resolved(names));
    const theme = new MutationObserver(refresh);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', refresh);
    return () => {
      theme.disconnect();
      system.removeEventListener('change', refresh);
    };
  }, [names]);
  return colours;
}

function resolved<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const probe = document.body.appendChild(document.createElement('span'));
  const colours: Partial<Record<Name, string>> = {};
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours as Record<Name, string>;
}
