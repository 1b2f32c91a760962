import { afterEach, describe, expect, test } from 'vitest';
import type { TrainProgress, WorkerPool } from '../../../src/contracts/job.js';
import { threadPool } from '../../../src/workers/thread-pool.js';
import { scoreJob, trainJob } from './jobs.js';

const pools: WorkerPool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function obedient(size: number, heapMegabytes = 512): WorkerPool {
  const script = new URL('./obedient-worker.mjs', import.meta.url);
  const pool = threadPool({ size, script, resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
  pools.push(pool);
  return pool;
}

/** What `work` rejects with. */
async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('resolved'),
    (error: unknown) => error,
  );
}

describe('a pool of threads', () => {
  test('runs as many jobs at once as it has threads', async () => {
    const pool = obedient(2);
    await Promise.all([pool.run(scoreJob('start')), pool.run(scoreJob('start'))]);
    const started = performance.now();
    await Promise.all([1, 2, 3, 4].map(() => pool.run(scoreJob('wait 1500'))));
    const seconds = (performance.now() - started) / 1000;
    expect(seconds).toBeGreaterThan(2.9);
    expect(seconds).toBeLessThan(5.5);
  });

  test('hands on failures with their code', async () => {
    const error = await rejection(obedient(1).run(scoreJob('refuse')));
    expect(error).toMatchObject({ name: 'NascentError', code: 'shape', message: 'Expected a shape.', exitCode: 2 });
  });

  test.each(['exit', 'heap'])('names the job of a thread that dies by %s, and goes on', async (word) => {
    const pool = obedient(2, 32);
    const others = [pool.run(scoreJob('wait 200')), pool.run(scoreJob(word))];
    const [alive, dead] = await Promise.allSettled(others);
    expect(alive.status).toBe('fulfilled');
    expect(dead).toMatchObject({ reason: { code: 'machine', message: expect.stringContaining(`scoring ${word} of`) } });
    for (let job = 0; job < 3; job++) await pool.run(scoreJob('fine'));
  });

  test('says so where threads cannot start, job by job', async () => {
    const pool = threadPool({ size: 2, script: new URL('./not-there.mjs', import.meta.url) });
    pools.push(pool);
    for (let job = 0; job < 4; job++) {
      expect(await rejection(pool.run(scoreJob('fine')))).toMatchObject({ code: 'machine' });
    }
  });

  test('refuses jobs after it was closed, and waits for those that run', async () => {
    const pool = obedient(1);
    let done = false;
    const job = pool.run(scoreJob('wait 100')).then(() => {
      done = true;
    });
    await pool.run(scoreJob('fine'));
    const last = pool.run(scoreJob('wait 50'));
    await pool.close();
    expect(done).toBe(true);
    await Promise.all([job, last]);
    expect(await rejection(pool.run(scoreJob('fine')))).toMatchObject({ code: 'machine' });
  });
});

describe('a job that is dropped', () => {
  test('rejects at once, and keeps its thread until it is over', async () => {
    const pool = obedient(1);
    await pool.run(scoreJob('start'));
    const controller = new AbortController();
    const dropped = pool.run(scoreJob('wait 2000'), { signal: controller.signal });
    const waiting = pool.run(scoreJob('wait 0'), { signal: controller.signal });
    const after = pool.run(scoreJob('fine'));
    const started = performance.now();
    setTimeout(() => controller.abort(), 50);
    expect(await rejection(dropped)).toMatchObject({ name: 'AbortError' });
    expect(await rejection(waiting)).toMatchObject({ name: 'AbortError' });
    expect(performance.now() - started).toBeLessThan(1500);
    // The third job of this thread: the one that waited never ran.
    expect(await after).toMatchObject({ score: { value: 3 } });
    expect(performance.now() - started).toBeGreaterThan(1900);
  });

  test('does not run where its signal has fired before', async () => {
    const signal = AbortSignal.abort();
    expect(await rejection(obedient(1).run(scoreJob('exit'), { signal }))).toMatchObject({ name: 'AbortError' });
  });
});

describe('a training', () => {
  test('tells every epoch before its result', async () => {
    const epochs: number[] = [];
    const onProgress = ({ epoch }: TrainProgress) => void epochs.push(epoch.epoch);
    const result = await obedient(1).run(trainJob('epochs 4'), { onProgress });
    expect(epochs).toEqual([1, 2, 3, 4]);
    expect(result).toEqual({ failure: 'trained on nothing', seconds: 4 });
  });

  test('ends with what its listener throws', async () => {
    const pool = obedient(1);
    const full = new Error('the disk is full');
    const epochs: number[] = [];
    const onProgress = ({ epoch }: TrainProgress) => {
      epochs.push(epoch.epoch);
      if (epoch.epoch === 2) throw full;
    };
    expect(await rejection(pool.run(trainJob('epochs 5'), { onProgress }))).toBe(full);
    expect(epochs).toEqual([1, 2]);
    await pool.run(scoreJob('fine'));
  });

  test('tells nothing any more once it is dropped', async () => {
    const pool = obedient(1);
    const controller = new AbortController();
    const epochs: number[] = [];
    const onProgress = ({ epoch }: TrainProgress) => {
      epochs.push(epoch.epoch);
      if (epoch.epoch === 3) controller.abort();
    };
    const dropped = pool.run(trainJob('epochs 1000000'), { signal: controller.signal, onProgress });
    expect(await rejection(dropped)).toMatchObject({ name: 'AbortError' });
    await pool.run(scoreJob('fine'));
    expect(epochs).toEqual([1, 2, 3]);
  });
});
