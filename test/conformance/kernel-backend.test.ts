/** The shipped engines keep the kernel backend's contract. */
import { describe, expect, it } from 'vitest';
import { onnxruntimeBackend } from '../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../src/kernels/reference/index.js';
import { kernelBackendConformance } from '../../src/testing/kernel-backend.js';

describe('reference', () => kernelBackendConformance({ describe, it, expect }, async () => referenceBackend()));
describe('onnxruntime', () => kernelBackendConformance({ describe, it, expect }, () => onnxruntimeBackend()));
