/** The batch axis stays free behind ops that are written for a batch of one. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/contracts/network.js';
import { onnxExporter } from '../../../src/export/onnx.js';
import { hardSwish, squeezeExcitation } from '../../../src/network/activations.js';
import { adderConv2d } from '../../../src/network/adder.js';
import { coupledBinaryActivation, decoupledBinaryActivation } from '../../../src/network/binary.js';
import { batchNormalization, convolution, globalAveragePool, linear, sequential } from '../../../src/network/layers.js';
import { quantizedActivation, quantizedWeights } from '../../../src/network/quantization.js';
import { resize } from '../../../src/network/resize.js';
import { exportRequest } from '../../../src/testing/exporter.js';
import { temporaryFolder } from './folder.js';
import { MIXED, subject } from './subject.js';

/** A network of one layer and a head, for five images. */
const requestOf = (layer: Layer) => {
  const network = {
    inputShape: [3, 8, 8],
    classes: 10,
    layer: sequential({ layer, head: sequential({ pool: globalAveragePool, linear: linear({ out: 10 }) }) }),
  } as const;
  return exportRequest({ ...subject, space: { ...subject.space, network: () => network } }, MIXED);
};

const layers: Readonly<Record<string, Layer>> = {
  'a concatenation with what no image changes': (scope, x) => {
    const zeros = scope.builder.op('broadcast', [scope.builder.scalar(0)], { shape: scope.builder.shape(x) });
    return scope.builder.op('concatenate', [scope.child('norm', batchNormalization(), zeros), x, zeros], { axis: 1 });
  },
  'a slice of the image': ({ builder }, x) => {
    const [batch, channels, height, width] = builder.shape(x);
    return builder.op('slice', [x], { start: [0, 0, 1, 1], size: [batch, channels, height - 1, width - 1] });
  },
  'channels shuffled by two reshapes': ({ builder }, x) => {
    const [batch, channels, height, width] = builder.shape(x);
    const split = builder.op('reshape', [x], { shape: [batch, channels, height / 2, 2, width] });
    const turned = builder.op('transpose', [split], { permutation: [0, 1, 3, 2, 4] });
    return builder.op('reshape', [turned], { shape: [batch, channels * 2, height / 2, width] });
  },
  'squeeze and excitation': (scope, x) => scope.child('hard-swish', hardSwish, squeezeExcitation(8)(scope, x)),
  resizing: resize(11, 5),
  'an adder convolution of stride 2': adderConv2d({ out: 4, kernel: 3, stride: 2, padding: 1 }),
  'a quantised convolution behind quantised activations': sequential({
    quantized: quantizedActivation({ bits: 3, signed: true }),
    conv: quantizedWeights(3, convolution({ out: 4, kernel: 3 })),
  }),
  'binary activations': sequential({ coupled: coupledBinaryActivation, pair: decoupledBinaryActivation }),
  'a border of zeros': ({ builder }, x) =>
    builder.op('pad', [x], {
      padding: [
        [0, 0],
        [0, 0],
        [1, 0],
        [0, 2],
      ],
    }),
};

describe('the batch stays free behind', () => {
  for (const [name, layer] of Object.entries(layers)) {
    it(name, async () => {
      const check = await onnxExporter.write(await requestOf(layer), join(await temporaryFolder(), 'model.onnx'));
      expect(check).toMatchObject({ agreeing: 5, of: 5 });
    });
  }
});

it('a layer that cannot be written for any batch is refused, and leaves no file', async () => {
  const folder = await temporaryFolder();
  const merging: Layer = ({ builder }, x) => {
    const shape = builder.shape(x);
    const merged = builder.op('reshape', [x], { shape: [shape[0] * shape[1], ...shape.slice(2)] });
    return builder.op('reshape', [builder.op('tanh', [merged], {})], { shape });
  };
  const request = await requestOf(merging);
  await expect(onnxExporter.write(request, join(folder, 'model.onnx'))).rejects.toThrow(
    /^Expected onnxruntime to run the exported file, got: /,
  );
  expect(await readdir(folder)).toEqual([]);
});
