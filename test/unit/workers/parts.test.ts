import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { NascentError } from '../../../src/base/errors.js';
import { unlessAborted, whenAborted } from '../../../src/workers/abort.js';
import { memoryFailure, memoryLimit, requireMemory } from '../../../src/workers/memory.js';
import { errorOf, failureRecord, sendableProgress } from '../../../src/workers/messages.js';
import { slots } from '../../../src/workers/slots.js';
import { CELL, scoreJob, trainJob } from './jobs.js';

describe('slots', () => {
  test('are given in the order in which they were asked for', async () => {
    const free = slots(1);
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (n) => {
        const release = await free.take();
        order.push(n);
        await Promise.resolve();
        release();
      }),
    );
    expect(order).toEqual([1, 2, 3]);
  });

  test('leave out who has stopped waiting', async () => {
    const free = slots(1);
    const release = await free.take();
    const controller = new AbortController();
    const left = free.take(controller.signal);
    const stays = free.take();
    controller.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    release();
    (await stays)();
    (await free.take())();
  });
});

describe('a signal', () => {
  test('has one listener however many jobs wait for it, and none when they are done', async () => {
    const free = slots(1);
    const { signal } = new AbortController();
    const release = await free.take(signal);
    const waiting = Array.from({ length: 500 }, () => free.take(signal));
    const running = Array.from({ length: 500 }, () => unlessAborted(Promise.resolve(1), signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    release();
    for (const taken of waiting) (await taken)();
    await Promise.all(running);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('reaches all who wait when it fires, and nobody who has stopped', async () => {
    const controller = new AbortController();
    const heard: number[] = [];
    const forget = [1, 2, 3].map((n) => whenAborted(controller.signal, () => heard.push(n)));
    forget[1]();
    forget[1]();
    controller.abort();
    expect(heard).toEqual([1, 3]);
  });
});

describe('errors between threads', () => {
  test('keep code, exit code and sentence', () => {
    const error = new NascentError('ledger', 'The disk is full.', { exitCode: 1 });
    const back = errorOf(structuredClone(failureRecord(error)));
    expect(back).toBeInstanceOf(NascentError);
    expect(back).toMatchObject({ code: 'ledger', message: 'The disk is full.', exitCode: 1 });
  });

  test('keep the name of those that are nobody’s on purpose', () => {
    expect(errorOf(failureRecord(new TypeError('x is not a function')))).toMatchObject({
      name: 'TypeError',
      message: 'x is not a function',
    });
    expect(errorOf(failureRecord('text'))).toMatchObject({ message: 'text' });
    expect(errorOf(failureRecord(new DOMException('stop', 'AbortError'))).name).toBe('AbortError');
  });
});

test('a checkpoint is sent without the memory behind its tensors', () => {
  const memory = new Float32Array(1000);
  const view = memory.subarray(10, 12);
  view.set([1, 2]);
  const epoch = {
    epoch: 1,
    learningRate: 0,
    trainLoss: 0,
    trainAccuracy: 0,
    validationLoss: 0,
    validationAccuracy: 0,
    seconds: 0,
  };
  const tensor = { dtype: 'float32', shape: [2], data: view } as const;
  const sent = sendableProgress({ epoch, checkpoint: { epoch: 1, tensors: { weight: tensor } } });
  expect(sent.checkpoint.tensors.weight.data).toEqual(new Float32Array([1, 2]));
  expect(sent.checkpoint.tensors.weight.data.buffer.byteLength).toBe(8);
});

describe('memory', () => {
  const gibibyte = 2 ** 30;

  test('a job whose weights cannot fit is refused by name', () => {
    expect(() => requireMemory(scoreJob(), gibibyte / 8, gibibyte)).not.toThrow();
    expect(() => requireMemory(scoreJob(), gibibyte / 4, gibibyte)).toThrow(
      `Expected scoring ${CELL} of nas-bench-201 by naswot to fit in 1.0 GiB of memory, got 2.0 GiB for weights alone.`,
    );
    expect(() => requireMemory(trainJob(), gibibyte / 8, gibibyte)).toThrow('2.0 GiB');
    expect(memoryLimit()).toBeGreaterThan(gibibyte / 8);
  });

  test('refused allocations become a sentence, other errors stay', () => {
    const failures = [
      'Array buffer allocation failed',
      'std::bad_alloc',
      'Failed to allocate memory for requested buffer',
    ];
    for (const message of failures) {
      expect(memoryFailure(trainJob(), new RangeError(message))).toMatchObject({ code: 'machine' });
    }
    const other = new TypeError('x is undefined');
    expect(memoryFailure(trainJob(), other)).toBe(other);
  });
});
