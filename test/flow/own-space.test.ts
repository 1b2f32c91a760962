/** Spaces in files of one's own, as the examples show them: in a folder that knows nothing of this package, in worker threads, resumed. */
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, nascent, startNascent, TINY, temporaryFolder } from '../unit/cli/command.js';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
/** Examples that are spaces. */
const SPACES = ['own-cells.ts', 'own-space.ts', 'adder-cells.ts', 'bit-widths.ts', 'implicit-cells.ts'];
const folder = temporaryFolder();
const elsewhere = join(folder, 'elsewhere');

beforeAll(() => {
  for (const name of SPACES) copyFileSync(join(EXAMPLES, name), join(folder, name));
  mkdirSync(elsewhere);
  writeFileSync(join(folder, 'broken.ts'), 'export default {');
  writeFileSync(join(folder, 'number.ts'), 'export default 3;');
  writeFileSync(
    join(folder, 'misspelt.ts'),
    "import { defineSpace } from 'nascent';\nexport default defineSpace({ name: 'x', choises: { a: [1] } });",
  );
});

const search = (space: string, ledger: string) => [
  ...['search', '--space', space, ...TINY, '--count', '6', '--train', '1', '--ledger', ledger, '--workers', '2'],
  '--json',
];

async function refusal(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nascent(words, { folder });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^nascent: [^\n]+\n$/);
  return `${code} ${stderr}`;
}

describe("a space's own file", () => {
  test('is sampled, scored and drawn', async () => {
    const sampled = await nascent(['sample', '--space', './own-space.ts', '--count', '2'], { folder });
    const [arch] = sampled.stdout.split('\n');
    expect(arch).toMatch(/^\(pool=(max|mean) blocks=\[\(kernel=/);
    const words = ['--space', './own-space.ts', '--data', 'synthetic:train=64,test=10', '--score-batch', '8', '--json'];
    const [scored] = jsonLines((await nascent(['score', '--arch', arch, ...words], { folder })).stdout);
    expect(typeof scored.value).toBe('number');
    const shown = await nascent(['show', 'arch', '--space', 'own-space.ts', arch], { folder });
    expect(shown.stdout).toContain('blocks 2  kernel');
    const { stdout } = await nascent(['show', 'arch', '--space', 'own-space.ts', arch, '--svg'], { folder });
    expect(stdout).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test('is searched in worker threads, within bounds, and exported', async () => {
    const words = [...search('own-cells.ts', 'search.sqlite'), '--at-most', 'parameters=6000'];
    const { code, stdout } = await nascent(words, { folder });
    expect(code).toBe(0);
    const events = jsonLines<{ type: string; parameters: number; path: string }>(stdout);
    const scored = events.filter(({ type }) => type === 'candidate-scored');
    expect(scored.length).toBe(6);
    for (const { parameters } of scored) expect(parameters).toBeLessThanOrEqual(6000);
    const paths = events.filter(({ type }) => type === 'exported').map(({ path }) => path);
    expect(paths.length).toBe(2);
    for (const path of paths) expect(path).toMatch(/own-cells-[0-9a-f]+\.(onnx|json)$/);
  });

  test.each(['adder-cells', 'bit-widths'])('with gradient rules is searched and exported: %s', async (name) => {
    const { code, stdout, stderr } = await nascent(search(`./${name}.ts`, `${name}.sqlite`), { folder });
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    const events = jsonLines<{ type: string; path: string }>(stdout);
    const files = events.filter(({ type }) => type === 'exported').map(({ path }) => path);
    expect(files.map((path) => path.slice(path.lastIndexOf('.'))).sort()).toEqual(['.json', '.onnx']);
  });

  test('is the same for a run that goes on, from any folder, and is refused where it has changed', async () => {
    const running = startNascent([...search('./own-cells.ts', 'killed.sqlite'), '--count', '100'], { folder });
    await running.waitFor('"candidate-scored"');
    running.child.kill('SIGKILL');
    await running.ended;
    const file = join(folder, 'own-cells.ts');
    const content = readFileSync(file, 'utf8');
    appendFileSync(file, '// changed\n');
    const resume = ['resume', '--ledger', join(folder, 'killed.sqlite'), '--json'];
    const changed = await nascent(resume, { folder: elsewhere });
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/^nascent: Expected the file of the search space of run \w+ to be as when it began/);
    writeFileSync(file, content);
    const { code, stdout } = await nascent(resume, { folder: elsewhere });
    expect(code).toBe(0);
    expect(stdout).toContain('"run-finished"');
  }, 120_000);
});

describe('the spaces of the docs', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/own-spaces.md'), 'utf8');
  const spaces = [...text.matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, code]) => code)
    .filter((code) => code.includes('export default'));
  test.each(spaces.map((code, i) => [i + 1, code] as const))('number %i works as it stands', async (number, code) => {
    const file = join(folder, `docs-${number}.ts`);
    writeFileSync(file, code);
    const { code: ended, stdout } = await nascent(['sample', '--space', file, '--count', '1'], { folder });
    expect(ended).toBe(0);
    const [, form] = /form[^`]*`([|(].*)`/.exec(text.slice(text.indexOf(code))) ?? [];
    const shown = await nascent(['show', 'arch', '--space', file, form], { folder });
    expect(shown.stdout).toContain(form);
    expect(stdout.trim()).not.toBe('');
  });
  test('are two', () => {
    expect(spaces.length).toBe(2);
  });
});

describe('an implicit layer', () => {
  test('is scored, trained with a tracked quantity, and exported as it was validated', {
    timeout: 300_000,
  }, async () => {
    const words = ['train', '--space', 'implicit-cells.ts', '--arch', '|implicit~0|+|skip~0|implicit~1|', ...TINY];
    const { stdout } = await nascent([...words, '--track', 'gradient-norm', '--ledger', 'implicit.sqlite', '--json'], {
      folder,
    });
    const events = jsonLines(stdout);
    const [epoch] = events.filter(({ type }) => type === 'epoch');
    expect(epoch.tracked).toEqual({ 'gradient-norm': expect.any(Number) });
    const exported = events.filter(({ type }) => type === 'exported');
    expect(exported.length).toBeGreaterThan(0);
    const shown = await nascent(['show', 'run', String(epoch.run), '--ledger', 'implicit.sqlite'], { folder });
    expect(shown.stdout).toMatch(/Tracked after every epoch.*\n.*\n +1 +gradient-norm/);
  });
});

describe('what is no space', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'no file',
      ['sample', '--space', './nowhere.ts'],
      /^2 .*the search space .*nowhere\.ts to be a readable file, got: ENOENT/,
    ],
    ['broken TypeScript', ['sample', '--space', './broken.ts'], /^2 .*the search space .*broken\.ts to load, got: /],
    [
      'another export',
      ['sample', '--space', './number.ts'],
      /^2 .*default export of .*number\.ts to be a search space/,
    ],
    ['a misspelt field', ['sample', '--space', './misspelt.ts'], /^2 .*misspelt\.ts: .*Did you mean "choices"\?/],
    ['an option', ['sample', '--space', './own-cells.ts', '--space-option', 'a=1'], /^2 .*option/],
  ];
  test.each(cases)('%s', async (_, words, sentence) => {
    expect(await refusal(words)).toMatch(sentence);
  });
});

describe('bounds', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'that nothing keeps',
      ['--at-most', 'parameters=1'],
      /^2 .*Expected parameters at most 1 of some architecture of nas-bench-201, got none of all 15625\./,
    ],
    ['of an unknown measure', ['--at-most', 'parametrs=1'], /^2 .*Did you mean "parameters"\?/],
    ['that are no numbers', ['--at-most', 'parameters=few'], /^2 .*to be a number, got "few"/],
    ['of a file that is not there', ['--at-most', 'ms=5', '--measures', 'nowhere.csv'], /^2 .*nowhere\.csv/],
  ];
  test.each(cases)('%s', async (_, words, sentence) => {
    expect(await refusal(['sample', ...words])).toMatch(sentence);
    expect(await refusal(['search', ...TINY, ...words, '--ledger', 'none.sqlite'])).toMatch(sentence);
    expect(existsSync(join(folder, 'none.sqlite'))).toBe(false);
  });

  test('hold for draws by cost and by a table of latencies', async () => {
    const [fast, slow] = ['skip_connect', 'nor_conv_3x3'].map((op) =>
      [1, 2, 3].map((n) => `|${Array.from({ length: n }, (_, i) => `${op}~${i}`).join('|')}|`).join('+'),
    );
    writeFileSync(join(folder, 'index.csv'), `index,arch\n0,${fast}\n1,${slow}\n`);
    writeFileSync(join(folder, 'latency.csv'), 'index,phone\n0,1.5\n1,9.5\n');
    const words = ['sample', '--count', '5', '--measures', 'index.csv,latency.csv', '--at-most', 'phone=5'];
    const { stdout } = await nascent(words, { folder });
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set([fast]));
    expect(await refusal(['sample', '--measures', 'latency.csv', '--at-most', 'phone=5'])).toContain('only index');
  });
});
