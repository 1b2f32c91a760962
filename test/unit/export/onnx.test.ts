/** What is in an exported ONNX file, and that its batch axis is free. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { ExportRequest } from '../../../src/contracts/exporter.js';
import { onnxExporter } from '../../../src/export/onnx.js';
import { logitsOfFile } from '../../../src/export/onnx-file.js';
import { type ModelProto, ModelProtoSchema } from '../../../src/kernels/onnxruntime/onnx.gen.js';
import { exportRequest } from '../../../src/testing/exporter.js';
import { temporaryFolder } from './folder.js';
import { MIXED, subject, WITH_CONSTANTS } from './subject.js';

async function exported(request: ExportRequest): Promise<{ file: string; model: ModelProto }> {
  const file = join(await temporaryFolder(), 'model.onnx');
  await onnxExporter.write(request, file);
  return { file, model: fromBinary(ModelProtoSchema, await readFile(file)) };
}

function axes(model: ModelProto, kind: 'input' | 'output'): Record<string, (string | number)[]> {
  return Object.fromEntries(
    model.graph![kind].map(({ name, type }) => {
      const shape = type?.value.case === 'tensorType' ? type.value.value.shape : undefined;
      return [
        name,
        (shape?.dim ?? []).map(({ value }) => (value.case === 'dimParam' ? value.value : Number(value.value))),
      ];
    }),
  );
}

describe('the model', () => {
  it('has one input and one output, both with a free batch', async () => {
    const { model } = await exported(await exportRequest(subject, MIXED));
    expect(axes(model, 'input')).toEqual({ images: ['batch', 3, 8, 8] });
    expect(axes(model, 'output')).toEqual({ logits: ['batch', 10] });
  });

  it('is plain ONNX of opset 17 and IR 8', async () => {
    const { model } = await exported(await exportRequest(subject, MIXED));
    expect(model.irVersion).toBe(8n);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 17n]]);
    expect(model.graph?.node.every(({ domain }) => domain === '')).toBe(true);
  });

  it('names nodes by their layer and weights by their parameter', async () => {
    const request = await exportRequest(subject, MIXED);
    const { model } = await exported(request);
    const weights = model.graph!.initializer.map(({ name }) => name);
    expect(weights).toEqual(expect.arrayContaining(Object.keys(request.weights)));
    expect(weights).toContain('stage1.cell1.edge10.conv.weight');
    const nodes = model.graph!.node.map(({ name }) => name);
    expect(nodes.some((name) => name.startsWith('stage1/cell1/edge10/conv/Conv_'))).toBe(true);
    expect(new Set(nodes).size).toBe(nodes.length);
  });

  it('leaves out the weights of dead branches', async () => {
    const dead = '|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|';
    const { model } = await exported(await exportRequest(subject, dead));
    const read = new Set(model.graph!.node.flatMap(({ input }) => input));
    expect(model.graph!.initializer.map(({ name }) => name).filter((name) => !read.has(name))).toEqual([]);
    expect([...read].some((name) => name.includes('edge10'))).toBe(false);
  });

  it('says where it came from and how images are normalised', async () => {
    const request = await exportRequest(subject, MIXED);
    const { model } = await exported(request);
    const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata['nascent.space']).toBe('nas-bench-201');
    expect(metadata['nascent.architecture']).toBe(MIXED);
    expect(metadata['nascent.canonical']).toMatch(/^\|.*\|$/);
    expect(metadata['nascent.classes']).toBe('10');
    expect(JSON.parse(metadata['nascent.normalization'])).toEqual(request.normalization);
    expect(JSON.parse(metadata['nascent.provenance'])).toEqual(request.provenance);
  });
});

describe('the free batch', () => {
  for (const architecture of [MIXED, ...WITH_CONSTANTS]) {
    it(`takes 1, 7 and 64 images: ${architecture}`, async () => {
      const request = await exportRequest(subject, architecture, 64);
      const { file } = await exported(request);
      for (const size of [1, 7, 64]) {
        const images = request.checkImages.slice(0, size * 3 * 8 * 8);
        const logits = await logitsOfFile(file, images, [size, 3, 8, 8]);
        expect(logits.length).toBe(size * 10);
        const differences = logits.map((logit, i) => Math.abs(logit - request.predictions.logits[i]));
        expect(Math.max(...differences)).toBeLessThan(1e-4);
      }
    });
  }
});

describe('bad input', () => {
  it('names the missing weight', async () => {
    const request = await exportRequest(subject, MIXED);
    const { 'head.linear.weight': _, ...weights } = request.weights;
    await expect(exported({ ...request, weights })).rejects.toThrow(
      'Expected weights to hold "head.linear.weight" as float32 [10, 16], got nothing.',
    );
  });

  it('says how far predictions are apart', async () => {
    const request = await exportRequest(subject, MIXED);
    const labels = request.predictions.labels.map((label, i) => (i < 2 ? (label + 1) % 10 : label));
    const tampered = { ...request, predictions: { ...request.predictions, labels } };
    await expect(exported(tampered)).rejects.toThrow(
      /to predict what was recorded of conformance-5, got 3 of 5 labels/,
    );
  });
});
