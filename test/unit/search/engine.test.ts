/** How `auto` chooses, with engines that are made slow on purpose. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { catalog, type EngineFactory } from '../../../src/catalog.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { chooseEngine } from '../../../src/search/engine.js';

const { onnxruntime, tensorflow } = catalog.engines;

afterEach(() => Object.assign(catalog.engines, { onnxruntime, tensorflow }));

/** onnxruntime, each run of it so many milliseconds later. */
function delayed(milliseconds: number): () => Promise<EngineFactory> {
  return async () => async () => {
    const engine = await onnxruntimeBackend();
    return {
      ...engine,
      async compile(program, options) {
        const executable = await engine.compile(program, options);
        return {
          ...executable,
          async run(inputs) {
            await setTimeout(milliseconds);
            return executable.run(inputs);
          },
        };
      },
    };
  };
}

test('the other engine is taken where it is clearly faster', async () => {
  Object.assign(catalog.engines, { onnxruntime: delayed(800), tensorflow: delayed(0) });
  const { name, choice } = await chooseEngine('auto');
  expect(name).toBe('tensorflow');
  expect(choice).toMatch(/^Engine auto chose tensorflow; a short probe took onnxruntime \d+ ms, tensorflow \d+ ms\.$/);
});

test('the default stays where the other one is slower, or about as fast', async () => {
  for (const [mine, other] of [
    [0, 800],
    [840, 800],
  ]) {
    Object.assign(catalog.engines, { onnxruntime: delayed(mine), tensorflow: delayed(other) });
    expect(await chooseEngine('auto')).toMatchObject({
      name: 'onnxruntime',
      choice: expect.stringContaining('Engine auto chose onnxruntime;'),
    });
  }
}, 120_000);

test('an engine that is asked for by name is not measured', async () => {
  Object.assign(catalog.engines, { onnxruntime: delayed(0), tensorflow: delayed(800) });
  const { name, choice } = await chooseEngine('tensorflow');
  expect({ name, choice }).toEqual({ name: 'tensorflow', choice: undefined });
});
