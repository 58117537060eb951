import type { ComponentProps } from 'react';
import styles from './button.module.css';

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'main' | 'plain' | 'quiet' | 'danger';
}

export function Button({ look = 'plain', className, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} data-look={look} className={`${styles.button} ${className ?? ''}`} />
  );
}
