import type { ReactNode } from 'react';
import styles from './view.module.css';

interface ViewProps {
  readonly title: ReactNode;
  /** What the view is about, in a sentence or two. */
  readonly lead: ReactNode;
  readonly children: ReactNode;
}

/** What every view begins with, and what it shows below. */
export function View({ title, lead, children }: ViewProps) {
  return (
    <div className={styles.view}>
      <div className={styles.headline}>
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      {children}
    </div>
  );
}
