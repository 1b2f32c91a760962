/** A job in words, for sentences about it. */
import type { Job } from '../contracts/job.js';

export function jobName(job: Job): string {
  const { space, architecture } = job.network;
  return job.kind === 'score'
    ? `scoring ${architecture} of ${space} by ${job.metrics.join(', ')}`
    : `training ${architecture} of ${space}`;
}
