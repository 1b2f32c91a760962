import { afterAll, describe, expect, test } from 'vitest';
import type { TrainProgress, WorkerPool } from '../../../src/contracts/job.js';
import { inlinePool } from '../../../src/workers/inline-pool.js';
import { localPool } from '../../../src/workers/local-pool.js';
import { CELL, networkOf, scoreJob, trainJob } from './jobs.js';

const threads = localPool({ size: 2 });
const inline = inlinePool();

afterAll(() => Promise.all([threads.close(), inline.close()]));

async function trained(pool: WorkerPool): Promise<{ epochs: TrainProgress[]; result: unknown }> {
  const epochs: TrainProgress[] = [];
  const result = await pool.run(trainJob(), { onProgress: (progress) => void epochs.push(progress) });
  return { epochs, result };
}

/** Everything but the time it took. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, entry) => (key === 'seconds' ? undefined : entry)));
}

describe('worker threads and this process', () => {
  test('score alike', async () => {
    const cells = [CELL, CELL.replace('nor_conv_1x1~0', 'nor_conv_3x3~0')];
    const far = await Promise.all(cells.map((cell) => threads.run(scoreJob(cell))));
    for (const [i, cell] of cells.entries()) {
      const near = await inline.run(scoreJob(cell));
      expect(far[i].scores).toEqual(near.scores);
      expect(far[i].cost).toEqual(near.cost);
    }
    expect(far[0].scores).not.toEqual(far[1].scores);
  });

  test('train alike, and go on from a checkpoint to the same weights', async () => {
    const far = await trained(threads);
    const near = await trained(inline);
    expect(timeless(far)).toEqual(timeless(near));
    const { checkpoint } = far.epochs[0];
    const resumed = await threads.run({ ...trainJob(), checkpoint });
    expect('weights' in resumed && timeless(resumed.weights)).toEqual(
      timeless((far.result as { weights: object }).weights),
    );
  });

  test.each([
    ['threads', threads],
    ['this process', inline],
  ])('in %s, a refusal keeps its code', async (_, pool) => {
    const network = networkOf(CELL.replace('none', 'nonne'));
    await expect(pool.run({ ...scoreJob(), network })).rejects.toMatchObject({ name: 'NascentError', code: 'usage' });
    await expect(pool.run({ ...scoreJob(), metrics: ['nasswot'] })).rejects.toThrow('Did you mean "naswot"?');
    const huge = { ...networkOf(CELL), skeleton: { channels: 1_000_000, cells: 1 } };
    await expect(pool.run({ ...scoreJob(), network: huge })).rejects.toMatchObject({ code: 'machine' });
  });

  test.each([
    ['threads', threads],
    ['this process', inline],
  ])('in %s, a training stops in the middle', async (_, pool) => {
    const controller = new AbortController();
    const job = { ...trainJob(), recipe: { ...trainJob().recipe, epochs: 1000 } };
    const seen: number[] = [];
    const onProgress = ({ epoch }: TrainProgress) => {
      seen.push(epoch.epoch);
      if (epoch.epoch === 2) controller.abort();
    };
    const stopped = pool.run(job, { signal: controller.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    await pool.run(scoreJob());
    expect(seen).toEqual([1, 2]);
  });
});

test('a pool of no threads is refused', () => {
  expect(() => localPool({ size: 0 })).toThrow('Expected `size` to be a whole number from 1 to 1024, got 0.');
});
