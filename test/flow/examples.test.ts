/** Every example runs as it is written, with its quick settings. */
import { execFile } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
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
  'own-cells.ts',
  'own-space.ts',
  'settings.config.ts',
];

async function say(name: string, ...words: string[]): Promise<string> {
  const all = ['--import', tsx, join(EXAMPLES, name), '--quick', ...words];
  return (await promisify(execFile)(process.execPath, all, { cwd: folder })).stdout;
}

describe('examples', () => {
  test.each(readdirSync(EXAMPLES).filter((name) => !FILES.includes(name)))('%s', async (name) => {
    expect(await say(name)).toMatch(SAYS[name]);
  });

  test('own-sampler.ts on a table', async () => {
    const space = nasBench201();
    const rows = [...space.enumerate!()].slice(0, 99).map((cell, i) => `${space.format(cell)},${40 + (i % 50)}`);
    writeFileSync(join(folder, 'table.csv'), ['arch,c10_val_200', ...rows].join('\n'));
    expect(await say('own-sampler.ts', 'table.csv')).toMatch(
      /^climb: success 1, .*\nrandom: success 1, .* on average$/m,
    );
  });

  test('settings.config.ts has settings that there are', async () => {
    copyFileSync(join(EXAMPLES, 'settings.config.ts'), join(folder, 'nascent.config.ts'));
    const found = await readSettingsFile(SETTINGS, folder);
    expect(found?.settings).toMatchObject({ count: 500, recipe: { augmentation: { cutout: 8 } } });
  });
});
