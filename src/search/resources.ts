/** What a run takes of the machine, written down from time to time: a run that grows without end should be seen to. */
import { type ActiveRun, recordEvent } from './active-run.js';

const INTERVAL = 10_000;

/** Records at once and every ten seconds. @returns stops it */
export function recordResources(run: ActiveRun): () => void {
  const record = () =>
    recordEvent(run, { type: 'resources', workers: run.pool.size, memory: process.memoryUsage.rss() });
  record();
  const timer = setInterval(record, INTERVAL);
  // A run that has nothing else to do must be able to end.
  timer.unref();
  return () => clearInterval(timer);
}
