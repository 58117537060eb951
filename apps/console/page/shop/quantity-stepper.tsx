import { Minus, Plus } from 'lucide-react';
import styles from './quantity-stepper.module.css';

export interface QuantityStepperProps {
  /** Of the product. */
  readonly name: string;
  readonly quantity: number;
  readonly onChange: (quantity: number) => void;
}

/** The largest quantity that a line of an order may have. */
const MOST = 1_000;

/** How many of a product; a lone plus while it is none. */
export function QuantityStepper({ name, quantity, onChange }: QuantityStepperProps) {
  return (
    <fieldset className={styles.stepper} aria-label={`Quantity of ${name}`}>
      {quantity > 0 && (
        <>
          <button type="button" aria-label={`One less of ${name}`} onClick={() => onChange(quantity - 1)}>
            <Minus aria-hidden="true" />
          </button>
          <output aria-live="polite">{quantity}</output>
        </>
      )}
      <button
        type="button"
        aria-label={quantity === 0 ? `Add ${name}` : `One more of ${name}`}
        disabled={quantity >= MOST}
        onClick={() => onChange(quantity + 1)}
      >
        <Plus aria-hidden="true" />
      </button>
    </fieldset>
  );
}
