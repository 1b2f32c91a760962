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

/** `work`, or an AbortError as soon as `signal` fires; the work itself goes on to its own end. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // Nobody may be left to see how dropped work ends.
  work.catch(() => {});
  if (signal.aborted) throw abortError(signal);
  let drop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    drop = () => reject(abortError(signal));
    signal.addEventListener('abort', drop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (drop) signal.removeEventListener('abort', drop);
  }
}
