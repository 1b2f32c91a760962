/** The layers that two-input cells are made of, from the operations' descriptions. */
import type { Layer, Scope } from '../../src/contracts/network.js';
import type { Value } from '../../src/contracts/program.js';
import {
  averagePool,
  batchNormalization,
  convolution,
  identity,
  maxPool,
  relu,
  sequential,
} from '../../src/network/layers.js';
import type { Convolution, Operation } from './operations.js';

/** One edge; `undefined`: it adds nothing to its node. */
export function edgeLayer(operation: Operation, channels: number, stride: 1 | 2): Layer | undefined {
  switch (operation.kind) {
    case 'none':
      return undefined;
    case 'skip':
      return stride === 1 ? identity : factorizedReduction(channels);
    case 'average-pool':
      return averagePool({ kernel: operation.side, stride, padding: (operation.side - 1) / 2 });
    case 'max-pool':
      return maxPool({ kernel: operation.side, stride, padding: (operation.side - 1) / 2 });
    case 'convolutions':
      return sequential(
        Object.fromEntries(
          operation.blocks.map((block, i) => [`block${i + 1}`, convolutionBlock(block, channels, stride)]),
        ),
      );
  }
}

/** ReLU, convolutions, normalisation. */
function convolutionBlock(block: readonly Convolution[], channels: number, stride: 1 | 2): Layer {
  const convolutions = block.map(({ kernel, dilation, depthwise, strided }, i) => {
    const layer = convolution({
      out: channels,
      kernel,
      dilation,
      groups: depthwise ? channels : 1,
      stride: [strided[0] ? stride : 1, strided[1] ? stride : 1],
      padding: [(dilation * (kernel[0] - 1)) / 2, (dilation * (kernel[1] - 1)) / 2],
    });
    return [`conv${i + 1}`, layer];
  });
  return sequential({ relu, ...Object.fromEntries(convolutions), norm: batchNormalization() });
}

export function reluConvolutionNorm(out: number, kernel: number): Layer {
  return sequential({ relu, conv: convolution({ out, kernel }), norm: batchNormalization() });
}

/**
 * [batch, C, H, W] -> [batch, out, ⌈H/2⌉, ⌈W/2⌉]: half of the channels from the pixels of even rows and columns, half from
 * those one further down and right (zero beyond the edge), so that no information is skipped wholesale.
 */
export function factorizedReduction(out: number): Layer {
  const even = convolution({ out: Math.floor(out / 2), kernel: 1, stride: 2 });
  const odd = convolution({ out: Math.ceil(out / 2), kernel: 1, stride: 2 });
  const norm = batchNormalization();
  return (scope, input) => {
    const x = scope.child('relu', relu, input);
    const halves = [scope.child('even', even, x), scope.child('odd', odd, shifted(scope, x))];
    return scope.child('norm', norm, scope.builder.op('concatenate', halves, { axis: 1 }));
  };
}

/** One pixel up and left; zeros come in. */
function shifted({ builder }: Scope, x: Value): Value {
  const size = builder.shape(x);
  const edge = [0, 1] as const;
  const none = [0, 0] as const;
  const padded = builder.op('pad', [x], { padding: [none, none, edge, edge] });
  return builder.op('slice', [padded], { start: [0, 0, 1, 1], size });
}
