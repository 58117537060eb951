import { Switch } from 'radix-ui';
import styles from './toggle.module.css';

interface ToggleProps {
  readonly id: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Something that is on or off; its label stands beside it. */
export function Toggle({ id, on, onChange }: ToggleProps) {
  return (
    <Switch.Root id={id} className={styles.toggle} checked={on} onCheckedChange={onChange}>
      <Switch.Thumb className={styles.thumb} />
    </Switch.Root>
  );
}
