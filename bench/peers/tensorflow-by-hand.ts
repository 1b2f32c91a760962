/**
 * The network of NAS-Bench-201 as one writes it in TensorFlow.js, with its momentum optimiser: the peer of `tensorflow-rate.ts`. It does
 * less than ours does: no weight decay, no running statistics, no count of correct images.
 */
import type * as TensorflowJs from '@tensorflow/tfjs-core';

export type Tensorflow = typeof TensorflowJs;
type Tensor = TensorflowJs.Tensor4D;

/** @returns a function that takes some steps of a batch of noise and gives the last loss */
export function handWrittenTraining(tf: Tensorflow, cell: string, batch: number): (count: number) => number {
  const network = new HandWritten(tf, cell);
  const images = tf.randomNormal<TensorflowJs.Rank.R4>([batch, 32, 32, 3]);
  const labels = tf.tidy(() =>
    tf.oneHot(tf.mod(tf.range(0, batch, 1, 'int32'), tf.scalar(10, 'int32')), 10, 1, 0, 'float32'),
  );
  // The optimiser wants to find its variables made.
  tf.tidy(() => network.logits(images));
  const optimizer = tf.train.momentum(0.01, 0.9, true);
  return (count) => {
    let last = Number.NaN;
    for (let i = 0; i < count; i++) {
      const loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(labels, network.logits(images)) as TensorflowJs.Scalar,
        true,
      ) as TensorflowJs.Scalar;
      last = loss.dataSync()[0];
      loss.dispose();
    }
    return last;
  };
}

class HandWritten {
  private readonly variables = new Map<string, TensorflowJs.Variable>();

  constructor(
    private readonly tf: Tensorflow,
    private readonly cell: string,
  ) {}

  logits(images: Tensor): TensorflowJs.Tensor2D {
    const { tf } = this;
    let x = this.norm('stem', this.conv('stem', images, 16, 3, 1));
    for (const [stage, channels] of [16, 32, 64].entries()) {
      if (stage > 0) x = this.reduction(`reduce${stage}`, x, channels);
      for (let i = 0; i < 5; i++) x = this.nodes(`stage${stage}.${i}`, x, channels);
    }
    const features = tf.mean(tf.relu(this.norm('head', x)), [1, 2]) as TensorflowJs.Tensor2D;
    const weights = this.variable('linear', [64, 10], 0.1) as unknown as TensorflowJs.Tensor2D;
    return tf.add(tf.matMul(features, weights), this.variable('bias', [10], 0));
  }

  private nodes(name: string, input: Tensor, channels: number): Tensor {
    const nodes = [input];
    for (const [i, node] of this.cell.split('+').entries()) {
      const edges = [...node.matchAll(/(\w+)~(\d)/g)].flatMap(([, operation, source], edge) => {
        const x = nodes[Number(source)];
        if (operation === 'skip_connect') return [x];
        if (operation === 'none') return [];
        return [this.block(`${name}.${i}.${edge}`, x, channels, operation === 'nor_conv_3x3' ? 3 : 1, 1)];
      });
      nodes.push(edges.reduce((sum, edge) => this.tf.add(sum, edge)));
    }
    return nodes[3];
  }

  private reduction(name: string, x: Tensor, channels: number): Tensor {
    const { tf } = this;
    const inner = this.block(`${name}.a`, x, channels, 3, 2);
    const shortcut = this.conv(`${name}.c`, tf.avgPool(x, 2, 2, 'valid'), channels, 1, 1);
    return tf.add(this.block(`${name}.b`, inner, channels, 3, 1), shortcut);
  }

  private block(name: string, x: Tensor, channels: number, kernel: number, stride: number): Tensor {
    return this.norm(name, this.conv(name, this.tf.relu(x), channels, kernel, stride));
  }

  private conv(name: string, x: Tensor, channels: number, kernel: number, stride: number): Tensor {
    const deviation = Math.sqrt(2 / (kernel * kernel * x.shape[3]));
    const shape = [kernel, kernel, x.shape[3], channels];
    return this.tf.conv2d(x, this.variable(`${name}.w`, shape, deviation) as unknown as Tensor, stride, 'same');
  }

  private norm(name: string, x: Tensor): Tensor {
    const { mean, variance } = this.tf.moments(x, [0, 1, 2]);
    const channels = [x.shape[3]];
    const [scale, offset] = [this.variable(`${name}.s`, channels, 0, 1), this.variable(`${name}.o`, channels, 0)];
    return this.tf.batchNorm(
      x,
      mean as TensorflowJs.Tensor1D,
      variance as TensorflowJs.Tensor1D,
      offset as TensorflowJs.Tensor1D,
      scale as TensorflowJs.Tensor1D,
      1e-5,
    );
  }

  private variable(name: string, shape: number[], deviation: number, mean = 0): TensorflowJs.Variable {
    const { tf } = this;
    const made = this.variables.get(name) ?? tf.variable(tf.randomNormal(shape, mean, deviation));
    this.variables.set(name, made);
    return made;
  }
}
