/** The default pool: worker threads of this process, one job a thread. */
import { availableParallelism } from 'node:os';
import { wholeNumber } from '../base/errors.js';
import type { WorkerPool } from '../contracts/job.js';
import { threadPool } from './thread-pool.js';

export interface LocalPoolOptions {
  /** Jobs at once, from 1 to 1024; default one for each core. */
  readonly size?: number;
}

/** Threads are started with the first job. */
export function localPool({ size = availableParallelism() }: LocalPoolOptions = {}): WorkerPool {
  const fromSources = import.meta.url.endsWith('.ts');
  return threadPool({
    size: wholeNumber('`size`', size, 1, 1024),
    script: fromSources ? new URL('./worker.ts', import.meta.url) : new URL('./worker.js', import.meta.url),
    execArgv: fromSources ? typescriptOptions() : undefined,
  });
}

/**
 * Lets a thread import TypeScript. `--import tsx` alone has no effect in threads of Node 20: its hooks have to be registered, and to
 * be found from here, wherever the working directory is.
 */
export function typescriptOptions(): string[] {
  const parent = JSON.stringify(import.meta.url);
  const code = `import { register } from 'node:module'; register('tsx/esm', ${parent}, { data: true });`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}
