/** The command line on spaces other than the default one: real subprocesses, tiny settings. */
import { describe, expect, test } from 'vitest';
import { jsonLines, nascent, TINY, temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();
const run = (...words: string[]) => nascent(words, { folder });

const SPACES: readonly (readonly string[])[] = [
  ['--space', 'darts', '--space-option', 'derived=true,auxiliary=0.4,dropPath=0.2'],
  ['--space', 'nats-bench-size'],
];

describe.each(SPACES)('%s %s', (...words) => {
  test('sample and show arch', async () => {
    const sampled = await run('sample', ...words, '--count', '3', '--seed', '1', '--json');
    const texts = jsonLines<{ arch: string }>(sampled.stdout).map(({ arch }) => arch);
    expect(new Set(texts).size).toBe(3);
    const shown = await run('show', 'arch', texts[0], ...words, '--json');
    const [{ arch, parameters }] = jsonLines<{ arch: string; parameters: number }>(shown.stdout);
    expect(arch).toBe(texts[0]);
    expect(parameters).toBeGreaterThan(10_000);
    expect(await run('show', 'arch', 'nothing of the kind', ...words)).toMatchObject({ code: 2 });
  });

  test('search, train and export', async () => {
    const ended = await run('search', ...TINY, ...words, '--count', '2', '--train', '1');
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/2 candidates scored, 1 trained/);
    expect(ended.stdout).toMatch(/checked: (\d+) of \1 predictions as recorded/);
    expect(ended.stdout).toMatch(/json of candidate \d, read back and compared/);
  });
});
