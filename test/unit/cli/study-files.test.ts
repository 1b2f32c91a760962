/** Files of a study: refused before hours of work, and written whole or not at all. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireFolder, writeStudy } from '../../../src/cli/study-files.js';
import type { StudyResult } from '../../../src/study/study.js';
import { temporaryFolder } from './command.js';

const folder = temporaryFolder();

describe('a folder to write into', () => {
  test('may be there or not, and is left as it was', async () => {
    mkdirSync(join(folder, 'there'));
    await requireFolder('--output', join(folder, 'there'));
    await requireFolder('--output', join(folder, 'there', 'not', 'yet'));
    await requireFolder('--output', join(folder, 'nor', 'this'));
    expect(readdirSync(folder, { recursive: true })).toEqual(['there']);
  });

  test.each(['file', 'file/below', '/proc/nascent'])('is no %s', async (name) => {
    writeFileSync(join(folder, 'file'), 'kept');
    const path = name.startsWith('/') ? name : join(folder, name);
    const refused = requireFolder('--output', path);
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'usage', exitCode: 2 },
      message: expect.stringMatching(
        /^Expected --output to be a folder that can be written into, got ".*" \(E[A-Z]+: [a-z ]+\)\.$/,
      ),
    });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
  });
});

const RESULT: StudyResult = {
  ...{ space: 'nas-bench-201', checksum: 'c0ffee', dataset: 'cifar10', epochs: 200, trial: 'mean', architectures: 5 },
  strategies: [
    {
      ...{ name: 'random', sampler: 'random', options: {}, seeds: 1, samples: 2, successRate: 0, successes: 0 },
      ...{ meanSamples: 2, meanSamplesInterval: [2, 2], medianSamples: 2, medianSamplesInterval: [2, 2], top: [] },
      regret: [{ samples: 1, mean: 0.1, low: 0.05, high: 0.2 }],
      ...{ validation: { mean: 0.8, low: 0.8, high: 0.8 }, scored: 0, scoringSeconds: 0, seconds: 1 },
    },
  ],
  ...{ runs: [], seconds: 1 },
};

describe('the files of a study', () => {
  test('take the place of earlier ones', async () => {
    const path = join(folder, 'twice');
    await writeStudy(path, { ...RESULT, seconds: 2 });
    await writeStudy(path, RESULT);
    expect(readdirSync(path).sort()).toEqual(['regret.png', 'regret.svg', 'samples.png', 'samples.svg', 'study.json']);
    expect(JSON.parse(readFileSync(join(path, 'study.json'), 'utf8'))).toEqual(RESULT);
  });

  test('are whole or not there: what fails is one sentence, and leaves nothing half written', async () => {
    const path = join(folder, 'blocked');
    mkdirSync(join(path, 'study.json', 'occupied'), { recursive: true });
    await expect(writeStudy(path, RESULT)).rejects.toMatchObject({
      ...{ name: 'NascentError', code: 'machine', exitCode: 1 },
      message: expect.stringMatching(/^Expected to write ".*study\.json", got: [^\n]+$/),
    });
    expect(readdirSync(path)).toEqual(['study.json']);
  });
});
