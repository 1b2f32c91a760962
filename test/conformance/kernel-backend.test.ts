/** The shipped engines keep the kernel backend's contract. */
import { describe, expect, it } from 'vitest';
import { onnxruntimeBackend } from '../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../src/kernels/reference/index.js';
import { tensorflowBackend, tensorflowOn } from '../../src/kernels/tensorflow/index.js';
import { kernelBackendConformance } from '../../src/testing/kernel-backend.js';
import { plainTensorflow, realFolder, WITHOUT_REAL } from '../unit/kernels/tensorflow-library.js';

describe('reference', () => kernelBackendConformance({ describe, it, expect }, async () => referenceBackend()));
describe('onnxruntime', () => kernelBackendConformance({ describe, it, expect }, () => onnxruntimeBackend()));
describe('tensorflow, plain CPU backend', () =>
  kernelBackendConformance({ describe, it, expect }, async () => tensorflowOn(await plainTensorflow())));
describe.skipIf(realFolder === undefined)(`tensorflow, tfjs-node${realFolder ? '' : ` (${WITHOUT_REAL})`}`, () =>
  kernelBackendConformance({ describe, it, expect }, () => tensorflowBackend()),
);
