import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { ParameterSpec } from '../../../src/contracts/network.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { filled, uniformFanIn } from '../../../src/network/initialize.js';
import { initialTensor } from '../../../src/network/weights.js';
import { runOnce } from '../../../src/testing/kernel-backend-programs.js';
import { flatLayout, packFlat, readFlat, unpackFlat, writeFlat } from '../../../src/train/flat-parameters.js';

const initialize = uniformFanIn();
const specs: readonly ParameterSpec[] = [
  { name: 'a.weight', shape: [2, 3, 1, 2], initialize },
  { name: 'b', shape: [4], initialize },
  { name: 'c', shape: [], initialize: filled(7) },
  { name: 'd', shape: [3, 2], initialize },
];
const layout = flatLayout(specs);
const draw = (spec: ParameterSpec) => initialTensor(spec, random('flat'));
const vector = packFlat(layout, draw);

describe('flat parameters', () => {
  it('lie one after the other', () => {
    expect(layout.length).toBe(12 + 4 + 1 + 6);
    expect([...layout.places.values()].map(({ offset, size }) => [offset, size])).toEqual([
      [0, 12],
      [12, 4],
      [16, 1],
      [17, 6],
    ]);
    expect([...vector.data]).toEqual(specs.flatMap((spec) => [...draw(spec)]));
  });

  it('come out as they were packed, as copies', () => {
    const unpacked = unpackFlat(layout, vector);
    expect(Object.keys(unpacked)).toEqual(specs.map(({ name }) => name));
    for (const spec of specs)
      expect(unpacked[spec.name]).toEqual({ dtype: 'float32', shape: spec.shape, data: draw(spec) });
    unpacked.b.data.fill(9);
    expect(unpackFlat(layout, vector).b.data).toEqual(draw(specs[1]));
    expect(packFlat(layout, ({ name }) => unpackFlat(layout, vector)[name].data as Float32Array)).toEqual(vector);
  });

  it('are read and written in a program; what has no value is zeros', async () => {
    const b = programBuilder();
    const input = b.input('vector', [layout.length]);
    const parts = new Map(specs.map(({ name }) => [name, readFlat(b, input, layout, name)]));
    const whole = writeFlat(b, layout, (name) => parts.get(name));
    const holed = writeFlat(b, layout, (name) => (name === 'b' ? undefined : parts.get(name)));
    const program = b.finish({ whole, holed, ...Object.fromEntries(parts) });
    const results = await runOnce(referenceBackend(), { program, inputs: { vector } });
    expect(results.whole).toEqual(vector);
    expect([...results.holed.data]).toEqual([...vector.data].map((x, i) => (i >= 12 && i < 16 ? 0 : x)));
    for (const spec of specs)
      expect(results[spec.name]).toEqual({ dtype: 'float32', shape: spec.shape, data: draw(spec) });
  });

  it('have a vector of one zero where there is nothing to hold', () => {
    const none = flatLayout([]);
    expect(packFlat(none, draw)).toEqual({ dtype: 'float32', shape: [1], data: new Float32Array(1) });
    expect(unpackFlat(none, packFlat(none, draw))).toEqual({});
    const b = programBuilder();
    expect(b.shape(writeFlat(b, none, () => undefined))).toEqual([1]);
  });

  it('have no tensor of another name', () => {
    const b = programBuilder();
    expect(() => readFlat(b, b.input('vector', [layout.length]), layout, 'e')).toThrow('No tensor e in this layout.');
  });
});
