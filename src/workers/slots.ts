/** Slots: at most so many holders at once, the others wait in the order in which they came. */
import { abortError, whenAborted } from './abort.js';

export interface Slots {
  /** Waits for a free slot; the result gives it back. Rejects with an AbortError where `signal` fires first. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function slots(size: number): Slots {
  let free = size;
  const waiting: (() => void)[] = [];
  const give = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(abortError(signal));
          return;
        }
        if (free > 0) {
          free--;
          resolve(give);
          return;
        }
        let forget = () => {};
        const enter = () => {
          forget();
          resolve(give);
        };
        waiting.push(enter);
        if (!signal) return;
        forget = whenAborted(signal, () => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(abortError(signal));
        });
      });
    },
  };
}
