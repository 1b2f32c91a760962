/** A set of worker threads in which a thread that dies fails its own job and is replaced. */
import type { ResourceLimits } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { messageOf, NascentError } from '../base/errors.js';
import { jobName } from './job-name.js';
import type { Answer, Task } from './messages.js';

export interface ThreadOptions {
  readonly size: number;
  /** The worker's module: its default export takes a `Task` and resolves with an `Answer`. */
  readonly script: URL;
  /** Node's options for the threads. */
  readonly execArgv?: readonly string[];
  /** V8's own memory in each thread; tensors lie outside it. */
  readonly resourceLimits?: ResourceLimits;
}

export interface Threads {
  /** @throws NascentError `machine` where the thread dies before it answers */
  ask(task: Task): Promise<Answer>;
  /** Ends the threads. Not while a job runs: see `thread-pool`. */
  destroy(): Promise<void>;
}

/** Threads start with the first task. */
export function workerThreads(options: ThreadOptions): Threads {
  let current: Promise<Piscina> | undefined;
  let death: unknown;

  const start = async (): Promise<Piscina> => {
    const { Piscina } = await import('piscina');
    const { size, script, execArgv = [], resourceLimits } = options;
    const pool = new Piscina({
      filename: script.href,
      minThreads: size,
      maxThreads: size,
      // Between jobs a thread keeps its event loop turning: sessions are released there.
      atomics: 'disabled',
      execArgv: [...execArgv],
      ...(resourceLimits && { resourceLimits }),
    });
    pool.on('error', (error) => {
      death = error;
    });
    // Threads that die while they start are not replaced, and what waits for them would wait for ever.
    pool.on('workerDestroy', () => {
      setImmediate(() => {
        if (pool.threads.length > 0) return;
        current = undefined;
        void pool.destroy();
      });
    });
    return pool;
  };

  return {
    async ask(task) {
      current ??= start();
      const pool = await current;
      try {
        return (await pool.run(task, { transferList: task.port ? [task.port] : [] })) as Answer;
      } catch (thrown) {
        const cause = death ?? thrown;
        death = undefined;
        const words = `Expected a worker thread to live until the end of ${jobName(task.job)}, but it died: ${messageOf(cause)}`;
        throw new NascentError('machine', words, { cause });
      }
    },
    async destroy() {
      const ending = current;
      current = undefined;
      await (await ending)?.destroy();
    },
  };
}
