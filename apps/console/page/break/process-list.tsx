import { Pause, Play, Skull, Unplug } from 'lucide-react';
import { nameOf } from '../demo/incidents.js';
import type { StackProcess } from '../demo/stack-state.js';
import { Button } from '../design/button.js';
import { Panel } from '../design/panel.js';
import styles from './process-list.module.css';
import type { StackWatch } from './use-stack.js';

interface ProcessListProps {
  readonly processes: readonly StackProcess[] | undefined;
  readonly act: StackWatch['act'];
}

/** Every process of the stack, with what may be done to it. */
export function ProcessList({ processes, act }: ProcessListProps) {
  return (
    <Panel title="Processes">
      {processes === undefined && <p className={styles.empty}>Asking the stack.</p>}
      <ul>
        {processes?.map((process) => (
          <ProcessRow key={process.name} process={process} act={act} />
        ))}
      </ul>
    </Panel>
  );
}

function ProcessRow({ process, act }: { readonly process: StackProcess; readonly act: StackWatch['act'] }) {
  const { name, pid, port, state, paused, acts } = process;
  const title = nameOf(name);
  const path = `/processes/${name}`;
  const gone = pid === null;
  const service = /^(order|inventory)$/.exec(name)?.[1];
  const shown = paused ? 'stopped' : state;
  return (
    <li className={styles.process} data-state={shown} data-name={name}>
      <span className={styles.dot} aria-hidden="true" />
      <div className={styles.what}>
        <h3>{title}</h3>
        <p>
          <span className={styles.state}>{shown}</span>
          {pid !== null && <span>pid {pid}</span>}
          {port !== null && <span>port {port}</span>}
        </p>
      </div>
      <div className={styles.acts}>
        {acts.includes('pause') &&
          (paused ? (
            <Button
              aria-label={`Resume ${title}`}
              disabled={gone}
              onClick={() => act(`Resumed ${title} (SIGCONT)`, `${path}/resume`)}
            >
              <Play aria-hidden="true" /> Resume
            </Button>
          ) : (
            <Button
              aria-label={`Stop ${title}`}
              disabled={gone}
              onClick={() => act(`Stopped ${title} (SIGSTOP to ${pid})`, `${path}/pause`)}
            >
              <Pause aria-hidden="true" /> Stop
            </Button>
          ))}
        {service !== undefined && (
          <Button
            aria-label={`Cut ${title}’s database connections`}
            onClick={() => act(`Cut ${title}’s database connections`, `/databases/${service}/cut`)}
          >
            <Unplug aria-hidden="true" /> Cut database
          </Button>
        )}
        {(acts.includes('kill') || gone) && (
          <Button
            look="danger"
            aria-label={`Kill ${title}`}
            disabled={gone}
            onClick={() => act(`kill -9 ${pid} (${title})`, `${path}/kill`)}
          >
            <Skull aria-hidden="true" /> Kill
          </Button>
        )}
      </div>
    </li>
  );
}
