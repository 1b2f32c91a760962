/** Every example runs as it is written, with its quick settings. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readSettingsFile } from '../../src/cli/settings/file.js';
import { SETTINGS } from '../../src/cli/settings/table.js';
import { temporaryFolder } from '../unit/cli/command.js';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const folder = temporaryFolder();
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What each one must say. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'search.ts': /exported .*\.onnx/,
  'score-architectures.ts': /^\d+\.\d+ {2}\d+ parameters/m,
  'own-sampler.ts': /best \|/,
  'own-metric.ts': /best of those with the most \|/,
  'weak-predictors.ts': /fit 3 to 8 evaluations ranks 15625 cells; so far ρ = .*\n(.*\n)*best \|/,
  'correlate.ts': /cifar10 test accuracy after 200 epochs\nnaswot: τ (.*\n){4}both: τ -?\d\.\d{3} \[/,
  'study.ts': /nascent: the best of 150 in 3 of 3 runs, after \d+\.\d evaluations on average/,
};

/** No programs: settings, and spaces, which `own-space.test.ts` uses as a person would. */
const FILES = [
  'adder-cells.ts',
  'bit-widths.ts',
  'implicit-cells.ts',
  'nascent.config.ts',
  'own-cells.ts',
  'own-space.ts',
];

describe('examples', () => {
  test.each(readdirSync(EXAMPLES).filter((name) => !FILES.includes(name)))('%s', async (name) => {
    const words = ['--import', tsx, join(EXAMPLES, name), '--quick'];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder });
    expect(stdout).toMatch(SAYS[name]);
  });

  test('nascent.config.ts has settings that there are', async () => {
    const found = await readSettingsFile(SETTINGS, EXAMPLES);
    expect(found?.settings).toMatchObject({ count: 500, recipe: { augmentation: { cutout: 8 } } });
  });
});
