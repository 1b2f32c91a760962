/** Memory: a job that cannot fit is refused with a sentence, before the system ends the whole process without one. */
import { totalmem } from 'node:os';
import { messageOf, NascentError } from '../base/errors.js';
import type { Job } from '../contracts/job.js';
import { jobName } from './job-name.js';

/** Copies of the weights that a job holds at the least: its own and the engine's; gradients and optimiser state besides. */
const COPIES: Readonly<Record<Job['kind'], number>> = { score: 2, train: 4 };
const BYTES = 4;

/**
 * Refuses a job whose weights alone cannot fit in this machine's memory. What is free at the moment is not asked: caches count as
 * used there, and a job that would have run must not be refused.
 */
export function requireMemory(job: Job, parameters: number, total: number = memoryLimit()): void {
  const needed = parameters * BYTES * COPIES[job.kind];
  if (needed <= total) return;
  const words = `Expected ${jobName(job)} to fit in ${gibibytes(total)} of memory, got ${gibibytes(needed)} for weights alone.`;
  throw new NascentError('machine', words);
}

/** Of this machine, or of the container that this process is in. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  // Without a limit the system reports 0 or a number beyond any machine.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** What to throw in place of `thrown`: a refused allocation becomes a sentence that names the job. */
export function memoryFailure(job: Job, thrown: unknown): unknown {
  if (thrown instanceof NascentError && thrown.code !== 'engine') return thrown;
  if (!isAllocationFailure(messageOf(thrown))) return thrown;
  const message = `Expected ${jobName(job)} to fit in memory, got: ${messageOf(thrown)}`;
  return new NascentError('machine', message, { cause: thrown });
}

/** As V8 and the C++ library of native engines report it. */
function isAllocationFailure(message: string): boolean {
  return /array buffer allocation failed|invalid (typed )?array (buffer )?length|bad.?alloc|out of memory|failed to allocate/i.test(
    message,
  );
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
