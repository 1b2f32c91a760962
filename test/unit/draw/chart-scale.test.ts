import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { numberFormat, scaleOf } from '../../../src/draw/chart-scale.js';
import { read } from './charts.js';

const LINEAR = { label: 'accuracy' };
const LOG = { label: 'regret', scale: 'log' } as const;

const labels = (axis: typeof LINEAR | typeof LOG, values: number[], room: number) =>
  scaleOf(axis, values, { room }).ticks.map(({ label }) => label);

describe('linear scales', () => {
  it('ticks at multiples of 1, 2 or 5 times a power of ten, as finely as there is room, and labels them exactly', () => {
    const draw = random('ticks');
    for (let i = 0; i < 2000; i++) {
      const low = (draw.uniform() - 0.5) * 10 ** (draw.integer(16) - 8);
      const high = low + 10 ** (draw.integer(12) - 4) * (0.1 + draw.uniform());
      const room = 2 + draw.integer(12);
      const scale = scaleOf(LINEAR, [low, high], { room });
      const values = scale.ticks.map(({ value }) => value);
      expect(values.length).toBeLessThanOrEqual(Math.max(5, room));
      expect(values.length).toBeGreaterThanOrEqual(2);
      for (const { value, label } of scale.ticks) {
        expect(value).toBeGreaterThanOrEqual(scale.low - 1e-8 * (high - low));
        expect(value).toBeLessThanOrEqual(scale.high + 1e-8 * (high - low));
        expect(Math.abs(read(label) - value)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(value), high - low));
      }
      const step = values[1] - values[0];
      const digit = step / 10 ** Math.floor(Math.log10(step) + 1e-6);
      expect([1, 2, 5].some((one) => Math.abs(digit - one) < 1e-4)).toBe(true);
    }
  });

  it('writes thousands apart, a true minus, only the decimals that are needed, and powers where numbers are long', () => {
    expect(labels(LINEAR, [0, 15_625], 5)).toEqual(['0', '5,000', '10,000', '15,000']);
    expect(labels(LINEAR, [-1, 1], 5)).toEqual(['−1.0', '−0.5', '0.0', '0.5', '1.0']);
    expect(labels(LINEAR, [0.1, 0.35], 6)).toEqual(['0.10', '0.15', '0.20', '0.25', '0.30', '0.35']);
    expect(labels(LINEAR, [0, 3e7], 4)).toEqual(['0', '1×10⁷', '2×10⁷', '3×10⁷']);
    expect(labels(LINEAR, [0, 2e-9], 4)).toEqual(['0', '1×10⁻⁹', '2×10⁻⁹']);
    expect(numberFormat(1_234_567, 1)(1_234_567.4)).toBe('1,234,567');
    expect(numberFormat(1, 0.1)(-0.01)).toBe('0.0');
  });

  it('gives values that are all equal a range around them', () => {
    for (const value of [0, 94.2, -3, 1e-12, 1e12]) {
      const scale = scaleOf(LINEAR, [value, value, value], { room: 6 });
      expect(scale.share(value)).toBeCloseTo(0.5, 10);
      expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
    }
    const rounding = scaleOf(LINEAR, [0.1 + 0.2, 0.3], { room: 6 });
    expect(rounding.high - rounding.low).toBeGreaterThan(0.001);
  });

  it('begins at zero where the data nearly does, never beyond it, and at zero on demand', () => {
    expect(scaleOf(LINEAR, [1, 500], { room: 6 })).toMatchObject({ low: 0, high: 500 });
    expect(scaleOf(LINEAR, [0, 10], { room: 6, padding: 0.1 })).toMatchObject({ low: 0, high: 11 });
    expect(scaleOf(LINEAR, [90, 94], { room: 6 })).toMatchObject({ low: 90, high: 94 });
    expect(scaleOf(LINEAR, [90, 94], { room: 6, zero: true })).toMatchObject({ low: 0, high: 94 });
    expect(scaleOf(LINEAR, [-8, -4], { room: 6, zero: true })).toMatchObject({ low: -8, high: 0 });
  });
});

describe('logarithmic scales', () => {
  it('has 1, 2 and 5 of each decade where there is room, else decades; the others are small ticks', () => {
    expect(labels(LOG, [10, 1000], 8)).toEqual(['10', '20', '50', '100', '200', '500', '1,000']);
    expect(labels(LOG, [10, 1000], 5)).toEqual(['10', '30', '100', '300', '1,000']);
    expect(labels(LOG, [10, 1000], 4)).toEqual(['10', '100', '1,000']);
    expect(labels(LOG, [0.05, 50], 2)).toEqual(['0.1', '10']);
    expect(labels(LOG, [0.16, 8], 2)).toEqual(['0.2', '5']);
    expect(labels(LOG, [0.001, 10], 5)).toEqual(['0.001', '0.01', '0.1', '1', '10']);
    const { minor } = scaleOf(LOG, [0.1, 10], { room: 4 });
    expect(minor).toEqual([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('leaves decades out where there are many, and writes powers', () => {
    expect(labels(LOG, [1e-12, 1], 7)).toEqual(['10⁻¹²', '10⁻¹⁰', '10⁻⁸', '10⁻⁶', '10⁻⁴', '10⁻²', '10⁰']);
    expect(labels(LOG, [1e-300, 1e300], 7).length).toBeLessThanOrEqual(7);
  });

  it('has linear ticks where the range is short', () => {
    expect(labels(LOG, [91, 94], 5)).toEqual(['91', '92', '93', '94']);
    expect(labels(LOG, [3, 3], 8).length).toBeGreaterThanOrEqual(2);
  });

  it('maps equal factors to equal shares', () => {
    const { share } = scaleOf(LOG, [0.01, 100], { room: 5 });
    expect([0.01, 0.1, 1, 10, 100].map(share).map((at) => at.toFixed(10))).toEqual(
      [0, 0.25, 0.5, 0.75, 1].map((at) => at.toFixed(10)),
    );
  });

  it('refuses values of 0 and below in one sentence', () => {
    const sentence = 'Expected values of "regret" on a logarithmic axis to be above 0, got 0.';
    expect(() => scaleOf(LOG, [1, 0], { room: 5 })).toThrow(sentence);
    expect(() => scaleOf({ ...LOG, range: [0, 1] }, [1], { room: 5 })).toThrow(/range of "regret".*above 0/);
  });
});

describe('any scale', () => {
  it('passes over what is not finite, and refuses to be empty', () => {
    expect(scaleOf(LINEAR, [Number.NaN, 2, Number.POSITIVE_INFINITY, 4], { room: 4 })).toMatchObject({
      low: 2,
      high: 4,
    });
    expect(() => scaleOf(LINEAR, [Number.NaN], { room: 4 })).toThrow('at least one finite number');
    expect(() => scaleOf(LINEAR, [0, 1e308], { room: 4 })).toThrow('at most 1e+300');
  });

  it('takes a range as it is given, the lower end first', () => {
    expect(scaleOf({ ...LINEAR, range: [0, 3] }, [100], { room: 4 })).toMatchObject({ low: 0, high: 3 });
    expect(() => scaleOf({ ...LINEAR, range: [3, 3] }, [100], { room: 4 })).toThrow('the lower first, got [3,3].');
    expect(() => scaleOf({ ...LINEAR, range: [0, Number.NaN] }, [1], { room: 4 })).toThrow('two numbers');
  });
});
