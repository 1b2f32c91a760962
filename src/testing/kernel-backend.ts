/**
 * The conformance suite of kernel backends: an engine that passes computes what the reference engine computes and keeps
 * the contract. Run it with any runner of the usual form:
 *
 *     kernelBackendConformance({ describe, it, expect }, () => myBackend());
 */
import type { KernelBackend } from '../contracts/kernel-backend.js';
import { referenceBackend } from '../kernels/reference/index.js';
import { kernelCases } from './kernel-backend-cases.js';
import { gradientProgram, type Prepared, runOnce, valueProgram, writeOp } from './kernel-backend-programs.js';
import { expectTensors } from './kernel-backend-runner.js';
import { describeSemantics } from './kernel-backend-semantics.js';
import { describeTraining } from './kernel-backend-training.js';
import type { TestRunner } from './runner.js';

/** Errors allowed, relative to the largest magnitude of each output. */
const forwardTolerance = 1e-4;
const gradientTolerance = 1e-3;

export function kernelBackendConformance(runner: TestRunner, makeBackend: () => Promise<KernelBackend>): void {
  const { describe, it, expect } = runner;
  // One backend for all tests, made by the first that needs it.
  let made: Promise<KernelBackend> | undefined;
  const backend = (): Promise<KernelBackend> => {
    made ??= makeBackend();
    return made;
  };
  const agrees = async (prepared: Prepared, tolerance: number): Promise<void> => {
    const expected = await runOnce(referenceBackend({ precision: 'float64' }), prepared);
    const actual = await runOnce(await backend(), prepared);
    expectTensors(expect, actual, expected, tolerance);
  };
  for (const { primitive, cases } of kernelCases) {
    describe(primitive, () => {
      for (const { name, inputs, attributes } of cases) {
        const write = writeOp(primitive, attributes);
        const stream = `${primitive}/${name}`;
        it(name, () => agrees(valueProgram(write, inputs, stream), forwardTolerance));
        it(`${name}: gradients`, () => agrees(gradientProgram(write, inputs, stream), gradientTolerance));
      }
    });
  }
  describeTraining(runner, agrees, backend);
  describeSemantics(runner, backend);
}
