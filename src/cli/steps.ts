/** Progress of equal steps without a run: `37/100, 9.1 a second, about 7 s left` on stderr. */
import { duration } from '../base/numbers.js';
import { statusLine } from './status-line.js';
import type { Terminal } from './terminal.js';

export interface Steps {
  done(): void;
  /** A step that took no time: it counts for no rate. */
  skip(): void;
  clear(): void;
}

/** @param total absent where it is not known beforehand */
export function showSteps(terminal: Terminal, title: string, total: number | undefined): Steps {
  const line = statusLine(terminal);
  const began = performance.now();
  let count = 0;
  let skipped = 0;
  return {
    clear: line.clear,
    skip() {
      count++;
      skipped++;
    },
    done() {
      count++;
      const seconds = (performance.now() - began) / 1000;
      const rate = (count - skipped) / seconds;
      const pace = `${rate.toFixed(rate < 1 ? 2 : 1)} a second`;
      const left = total === undefined ? '' : `, about ${duration((total - count) / rate)} left`;
      line.write(`${title} ${total === undefined ? count : `${count}/${total}`}, ${pace}${left}`);
    },
  };
}
