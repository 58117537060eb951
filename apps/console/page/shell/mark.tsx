/** Many attempts around, one effect within. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <circle
        cx="16"
        cy="16"
        r="13"
        fill="none"
        stroke="var(--ink-faint)"
        strokeWidth="2"
        strokeDasharray="3 4.8"
      />
      <circle cx="16" cy="16" r="6.5" fill="var(--executed)" />
    </svg>
  );
}
