import { onnxruntimeBackend } from './src/kernels/onnxruntime/index.js';
import { programBuilder } from './src/kernels/program.js';
import { random } from './src/base/random.js';
const engine = await onnxruntimeBackend();
const [N, C, O, S] = [64, 16, 16, 32].map((d, i) => Number(process.argv[2 + i] ?? d));
type B = ReturnType<typeof programBuilder>;
const HW = S * S;
function shifts(b: B, x: number) {
  const p = b.op('pad', [x], { padding: [[0, 0], [0, 0], [1, 1], [1, 1]] });
  const out: number[] = [];
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) out.push(b.op('slice', [p], { start: [0, 0, i, j], size: [N, C, S, S] }));
  return out;
}
const wAt = (b: B, w: number, k: number) => b.op('slice', [w], { start: [0, 0, Math.floor(k / 3), k % 3], size: [O, C, 1, 1] });
const unfold = (b: B, x: number) => b.op('concatenate', shifts(b, x).map((s) => b.op('reshape', [s], { shape: [N, C, HW] })), { axis: 1 });
const wflat = (b: B, w: number) => b.op('reshape', [b.op('transpose', [w], { permutation: [0, 2, 3, 1] })], { shape: [O, 9 * C] });
const variants: Record<string, (b: B, x: number, w: number, dy: number) => number> = {
  conv: (b, x, w) => b.op('conv2d', [x, w], { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 }),
  shiftsAbs: (b, x, w) => {
    let t: number | undefined;
    shifts(b, x).forEach((s, k) => {
      const d = b.op('subtract', [b.op('reshape', [s], { shape: [N, 1, C, HW] }), b.op('reshape', [wAt(b, w, k)], { shape: [1, O, C, 1] })], {});
      const part = b.op('sum', [b.op('absolute', [d], {})], { axes: [2], keepAxes: false });
      t = t === undefined ? part : b.op('add', [t, part], {});
    });
    return t!;
  },
  shiftsMax: (b, x, w) => {
    let t: number | undefined;
    shifts(b, x).forEach((s, k) => {
      const d = b.op('maximum', [b.op('reshape', [s], { shape: [N, 1, C, HW] }), b.op('reshape', [wAt(b, w, k)], { shape: [1, O, C, 1] })], {});
      const part = b.op('sum', [b.op('reshape', [d], {shape: [N * O, C, HW]})], { axes: [1], keepAxes: false });
      t = t === undefined ? part : b.op('add', [t, part], {});
    });
    return t!;
  },
  perOutputMax: (b, x, w) => {
    const u = unfold(b, x);
    const wf = wflat(b, w);
    const outs: number[] = [];
    for (let o = 0; o < O; o++) {
      const wo = b.op('reshape', [b.op('slice', [wf], { start: [o, 0], size: [1, 9 * C] })], { shape: [1, 9 * C, 1] });
      outs.push(b.op('sum', [b.op('maximum', [u, wo], {})], { axes: [1], keepAxes: true }));
    }
    return b.op('concatenate', outs, { axis: 1 });
  },
  perImageMax: (b, x, w) => {
    const u = unfold(b, x);
    const wf = b.op('reshape', [wflat(b, w)], { shape: [O, 9 * C, 1] });
    const outs: number[] = [];
    for (let n = 0; n < N; n++) {
      const xn = b.op('slice', [u], { start: [n, 0, 0], size: [1, 9 * C, HW] });
      outs.push(b.op('sum', [b.op('maximum', [xn, wf], {})], { axes: [1], keepAxes: false }));
    }
    return b.op('concatenate', outs, { axis: 0 });
  },
  maxOnly: (b, x, w) => b.op('maximum', [b.op('reshape', [shifts(b, x)[0]], { shape: [N, 1, C, HW] }), b.op('reshape', [wAt(b, w, 0)], { shape: [1, O, C, 1] })], {}),
  backPerOutput: (b, x, w, dy) => {
    const u = unfold(b, x);
    const wf = wflat(b, w);
    let t: number | undefined;
    const one = b.scalar(1);
    for (let o = 0; o < O; o++) {
      const wo = b.op('reshape', [b.op('slice', [wf], { start: [o, 0], size: [1, 9 * C] })], { shape: [1, 9 * C, 1] });
      const dyo = b.op('reshape', [b.op('slice', [dy], { start: [0, o, 0, 0], size: [N, 1, S, S] })], { shape: [N, 1, HW] });
      // max(x, w-1) then min( , w+1): -max(-., -(w+1))
      const d = b.op('subtract', [wo, u], {});
      const hi = b.op('maximum', [d, b.scalar(-1)], {});
      const c = b.op('subtract', [one, b.op('relu', [b.op('subtract', [one, hi], {})], {})], {});
      const p = b.op('multiply', [c, dyo], {});
      t = t === undefined ? p : b.op('add', [t, p], {});
    }
    return t!;
  },
};
const stream = random(1);
const arr = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
for (const [name, write] of Object.entries(variants)) {
  if (process.argv[6] && !process.argv[6].split(',').includes(name)) continue;
  const b = programBuilder();
  const x = b.input('x', [N, C, S, S]);
  const w = b.input('w', [O, C, 3, 3]);
  const dy = b.input('dy', [N, O, S, S]);
  const y = write(b, x, w, dy);
  const t0 = performance.now();
  const e = await engine.compile(b.finish({ y: b.op('sum', [y], { axes: b.shape(y).map((_, i) => i), keepAxes: false }) }));
  const compile = performance.now() - t0;
  const feeds = { x: engine.upload({ dtype: 'float32', shape: [N, C, S, S], data: arr(N * C * HW) }), w: engine.upload({ dtype: 'float32', shape: [O, C, 3, 3], data: arr(O * C * 9) }), dy: engine.upload({ dtype: 'float32', shape: [N, O, S, S], data: arr(N * O * HW) }) };
  await e.run(feeds);
  let best = Infinity;
  for (let r = 0; r < 3; r++) {
    const c0 = process.cpuUsage();
    (await e.run(feeds)).y.release();
    const c = process.cpuUsage(c0);
    best = Math.min(best, (c.user + c.system) / 1000);
  }
  console.log(name.padEnd(16), 'cpu ms', best.toFixed(1), 'compile', compile.toFixed(0), 'rss', (process.memoryUsage().rss / 1e6).toFixed(0));
}
