const quiet = 2_000;

/**
 * Shows how far a piece of work is: on a terminal one line that changes, elsewhere a plain line every two seconds.
 * @param stream where it is shown
 */
export function createProgress(stream) {
  let shown = '';
  let at = 0;
  let topic = '';
  const clear = () => {
    if (stream.isTTY && shown !== '') stream.write('\r\x1b[K');
    shown = '';
  };
  return {
    /** A state that the next one replaces. */
    update(line) {
      if (line === shown) return;
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
      } else {
        // What is being done is told at once; how far it is, every now and then.
        const begun = line.split(':')[0];
        if (begun === topic && Date.now() - at < quiet) return;
        topic = begun;
        stream.write(`${line}\n`);
      }
      shown = line;
      at = Date.now();
    },
    /** A line that stays. */
    say(line) {
      clear();
      stream.write(`${line}\n`);
      at = Date.now();
    },
  };
}
