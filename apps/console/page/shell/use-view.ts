import { useEffect, useState } from 'react';

/** The view that the address names, so that it can be bookmarked and the back button works. The first one is the default. */
export function useView(views: readonly string[]): [string, (view: string) => void] {
  const [view, setView] = useState(() => viewIn(views));
  useEffect(() => {
    const onHashChange = () => setView(viewIn(views));
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, [views]);
  return [
    view,
    (next) => {
      window.location.hash = next;
    },
  ];
}

function viewIn(views: readonly string[]): string {
  const named = window.location.hash.slice(1);
  return views.includes(named) ? named : (views[0] ?? '');
}
