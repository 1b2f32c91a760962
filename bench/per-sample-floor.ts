/**
 * The least time that per-sample gradients can take: the multiply-adds of their program's convolutions, all at the rate of the engine's own 3×3
 * convolutions of as many channels, or all at that of its largest matrix product, and everything else for nothing.
 *   npx tsx bench/per-sample-floor.ts [--arch STRING] [--batch 32] [--channels 16] [--side 32]
 * One thread; processor time, the least of some runs.
 */
import { parseArgs } from 'node:util';
import { random } from '../src/base/random.js';
import type { Op, Program } from '../src/contracts/program.js';
import type { ProgramBuilder } from '../src/contracts/program-builder.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { programBuilder } from '../src/kernels/program.js';
import { sizeOf } from '../src/kernels/shapes.js';
import { CELLS, gradientsOf, networkOf } from './per-sample-programs.js';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: CELLS },
    batch: { type: 'string', default: '32' },
    channels: { type: 'string', default: '16' },
    side: { type: 'string' },
  },
});
const RUNS = 30;
/** Convolutions one after the other, so that what goes in and comes out does not count. */
const CHAIN = 12;
const MATRIX = 1024;
const batch = Number(values.batch);
const side = values.side === undefined ? undefined : Number(values.side);
const engine = await onnxruntimeBackend();
const product = await rate(2 * MATRIX ** 3, (b) =>
  b.op('matmul', [b.input('a', [MATRIX, MATRIX]), b.input('b', [MATRIX, MATRIX])], {
    transposeA: false,
    transposeB: false,
  }),
);

for (const arch of values.arch) {
  const work = convolutionWork(gradientsOf(networkOf(arch, Number(values.channels), side), batch, true).program);
  const groups: Group[] = [];
  for (const [key, operations] of work) {
    const [channels, places] = key.split(' ').map(Number);
    const perSecond = await convolutionRate(channels, places);
    groups.push({ channels, side: places, gflop: operations / 1e9, rate: perSecond, ms: operations / 1e6 / perSecond });
  }
  const total = (of: (group: Group) => number) => groups.reduce((sum, group) => sum + of(group), 0);
  const ms = { convolutions: total((group) => group.ms), product: (1000 * total(({ gflop }) => gflop)) / product };
  console.log(JSON.stringify({ arch, side, channels: values.channels, groups, product, ms }));
}

/** Convolutions whose outputs have so many channels and places to the side. */
interface Group {
  readonly channels: number;
  readonly side: number;
  readonly gflop: number;
  /** GFLOP a second of 3×3 convolutions of that kind. */
  readonly rate: number;
  readonly ms: number;
}

/** Floating-point operations of a program's convolutions and their gradients, by channels and side of their output. */
function convolutionWork({ values: all }: Program): Map<string, number> {
  const work = new Map<string, number>();
  for (const [value, { definition }] of all.entries()) {
    if (definition.kind !== 'op') continue;
    const met = convolutionOf(all, definition.op, value);
    if (met === undefined) continue;
    const [, channels, places] = met.output;
    const key = `${channels / met.groups} ${places}`;
    work.set(key, (work.get(key) ?? 0) + 2 * sizeOf(met.output) * sizeOf(met.filter.slice(1)));
  }
  return work;
}

/** Shapes of the output (or its gradient) and of the filter of a convolution or one of its gradients. */
function convolutionOf(all: Program['values'], op: Op, value: number) {
  const { shape } = all[value];
  const [first, second] = op.inputs.map((input) => all[input].shape);
  if (op.primitive === 'conv2d') return { output: shape, filter: second, groups: 1 };
  if (op.primitive === 'conv2dInputGradient') return { output: second, filter: first, groups: 1 };
  if (op.primitive === 'conv2dFilterGradient') return { output: second, filter: shape, groups: op.attributes.groups };
  return undefined;
}

function convolutionRate(channels: number, places: number): Promise<number> {
  const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
  const operations = CHAIN * 2 * batch * places ** 2 * channels ** 2 * 9;
  return rate(operations, (b) => {
    const filter = b.input('filter', [channels, channels, 3, 3]);
    let x = b.input('x', [batch, channels, places, places]);
    for (let i = 0; i < CHAIN; i++) x = b.op('conv2d', [x, filter], window);
    return b.op('channelSum', [x], {});
  });
}

/** GFLOP a second of one core. */
async function rate(operations: number, write: (b: ProgramBuilder) => number): Promise<number> {
  const b = programBuilder();
  const program = b.finish({ result: write(b) });
  const executable = await engine.compile(program);
  const stream = random('rate');
  const feeds = program.values.flatMap(({ definition, shape }) => {
    if (definition.kind !== 'input') return [];
    const data = Float32Array.from({ length: sizeOf(shape) }, () => stream.normal() / 20);
    return [[definition.name, engine.upload({ dtype: 'float32', shape, data })] as const];
  });
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    const { result } = await executable.run(Object.fromEntries(feeds));
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
    result.release();
  }
  await executable.release();
  return operations / least / 1e9;
}
