/** Slots: at most so many holders at once, the others wait in the order in which they came. */
import { abortError } from './abort.js';

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
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(abortError(signal));
        };
        const enter = () => {
          signal?.removeEventListener('abort', leave);
          resolve(give);
        };
        if (free > 0) {
          free--;
          enter();
        } else {
          waiting.push(enter);
          signal?.addEventListener('abort', leave, { once: true });
        }
      });
    },
  };
}
