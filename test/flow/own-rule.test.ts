/** A gradient rule from outside the package: the two files of docs/gradient-rules.md, in a folder of their own. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { jsonLines, nascent, TINY, temporaryFolder } from '../unit/cli/command.js';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const [RULE, SUITE] = [
  ...readFileSync(join(ROOT, 'docs/gradient-rules.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code]) => code);

/** The folder as if `npm install nascent vitest` had run there; nascent from its sources, so that nothing has to be built. */
beforeAll(() => {
  const installed = join(folder, 'node_modules/nascent');
  mkdirSync(installed, { recursive: true });
  symlinkSync(join(ROOT, 'src'), join(installed, 'src'));
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  const exports = { '.': './src/index.ts', './testing': './src/testing/index.ts' };
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'nascent', type: 'module', exports }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'sign-cells.ts'), RULE);
});

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

function runSuite(code: string): Promise<{ stdout: string }> {
  writeFileSync(join(folder, 'sign-cells.test.ts'), code);
  return promisify(execFile)(process.execPath, [VITEST, 'run', '--root', folder, '--reporter', 'json'], {
    cwd: folder,
  });
}

test('passes its suite', async () => {
  const { stdout } = await runSuite(SUITE);
  const { numPassedTests, success } = JSON.parse(stdout) as { numPassedTests: number; success: boolean };
  expect(success).toBe(true);
  expect(numPassedTests).toBeGreaterThan(10);
});

test('would not with another formula', async () => {
  const failing = await runSuite(SUITE.replace('<= 1', '<= 2')).catch((reason: { stdout: string }) => reason);
  const report = JSON.parse(failing.stdout) as {
    testResults: { assertionResults: { title: string; status: string }[] }[];
  };
  const failed = report.testResults[0].assertionResults.filter(({ status }) => status === 'failed');
  expect(failed.map(({ title }) => title)).toEqual(['is what its formula says']);
});

test('is searched with, and exported', async () => {
  const words = ['search', '--space', './sign-cells.ts', ...TINY, '--count', '4', '--train', '1', '--json'];
  const { code, stdout } = await nascent([...words, '--ledger', 'search.sqlite', '--channels', '4'], { folder });
  expect(code).toBe(0);
  const events = jsonLines<{ type: string; path: string }>(stdout);
  expect(events.filter(({ type }) => type === 'exported').some(({ path }) => path.endsWith('.onnx'))).toBe(true);
});
