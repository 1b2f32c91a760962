/**
 * ONNX: the network's evaluation-mode program with its weights, made by the same lowering that it was trained with, so
 * that the file is what was validated. Plain operators of opset 17; the batch axis is free.
 */
import { NascentError } from '../base/errors.js';
import type { Exporter, ExportRequest } from '../contracts/exporter.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import { onnxModel } from '../kernels/onnxruntime/model.js';
import { sizeOf } from '../kernels/shapes.js';
import { traceNetwork } from '../network/trace.js';
import { writeChecked } from './checked-file.js';
import { logitsOfFile } from './onnx-file.js';
import { OUTPUT } from './onnx-names.js';
import { comparePredictions, requireCheckBatch } from './predictions.js';
import { boundWeights } from './weights.js';

/** An ONNX file is one protocol buffer message, and those end here. */
const LARGEST_FILE = 2 ** 31;

export const onnxExporter: Exporter = {
  name: 'onnx',
  summary: 'ONNX model (opset 17) with its weights: runs in onnxruntime and whatever else reads ONNX',
  extension: '.onnx',
  async write(request, path) {
    const { network, predictions, checkImages } = request;
    requireCheckBatch(checkImages, predictions, sizeOf(network.inputShape), network.classes);
    const shape = [predictions.labels.length, ...network.inputShape];
    return writeChecked(path, modelOf(request), async (file) => {
      return comparePredictions(await logitsOfFile(file, checkImages, shape), predictions, path);
    });
  },
};

function modelOf(request: ExportRequest): Uint8Array {
  const { builder, logits, parameters, statistics } = traceNetwork(request.network, { batch: 1, mode: 'evaluate' });
  const constants = boundWeights([...parameters, ...statistics], request.weights);
  requireFits(constants);
  const program = builder.finish({ [OUTPUT]: logits });
  return onnxModel(program, { constants, metadata: metadataOf(request), freeBatch: true });
}

function requireFits(constants: Readonly<Record<string, Tensor>>): void {
  const bytes = Object.values(constants).reduce((total, { data }) => total + data.byteLength, 0);
  if (bytes < LARGEST_FILE) return;
  throw new NascentError(
    'usage',
    `Expected weights of less than 2 GiB, which an ONNX file can hold, got ${(bytes / 2 ** 30).toFixed(1)} GiB.`,
  );
}

/** All that another program needs to feed the model and to know where it came from. */
function metadataOf({
  space,
  architecture,
  network,
  normalization,
  provenance,
}: ExportRequest): Record<string, string> {
  const genotype = space.parse(architecture);
  return {
    'nascent.space': space.name,
    'nascent.architecture': space.format(genotype),
    'nascent.canonical': space.format(space.canonical(genotype, 'function')),
    'nascent.classes': String(network.classes),
    'nascent.normalization': JSON.stringify(normalization),
    'nascent.provenance': JSON.stringify(provenance),
  };
}
