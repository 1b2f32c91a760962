/** Stopping jobs: the one error that says "stopped because the caller asked". */

/** As `fetch` and Node's own functions reject. */
export function abortError(signal?: AbortSignal): Error {
  const reason: unknown = signal?.reason;
  if (isAbort(reason)) return reason;
  return Object.assign(new DOMException('The job was stopped by its caller.', 'AbortError'), { cause: reason });
}

export function isAbort(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

interface Waiting {
  readonly acts: Set<() => void>;
  readonly listener: () => void;
}

/** Who waits for which signal. */
const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `act` when `signal` fires, unless the result is called before. However many wait, a signal has one listener: thousands of jobs
 * may share one, and Node takes more than ten listeners for a leak.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  const { acts, listener } = waiting.get(signal) ?? listen(signal);
  acts.add(act);
  return () => {
    if (!acts.delete(act) || acts.size > 0) return;
    // A signal made of others lives as long as they do while it has a listener.
    signal.removeEventListener('abort', listener);
    waiting.delete(signal);
  };
}

function listen(signal: AbortSignal): Waiting {
  const acts = new Set<() => void>();
  const listener = () => {
    for (const act of acts) act();
  };
  signal.addEventListener('abort', listener, { once: true });
  const made = { acts, listener };
  waiting.set(signal, made);
  return made;
}

/** `work`, or an AbortError as soon as `signal` fires; the work itself goes on to its own end. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // Nobody may be left to see how dropped work ends.
  work.catch(() => {});
  if (signal.aborted) throw abortError(signal);
  let forget = () => {};
  const aborted = new Promise<never>((_, reject) => {
    forget = whenAborted(signal, () => reject(abortError(signal)));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    forget();
  }
}
