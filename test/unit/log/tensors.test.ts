import { expect, test } from 'vitest';
import type { Tensor } from '../../../src/contracts/kernel-backend.js';
import { decodeTensors, encodeTensors } from '../../../src/log/tensors.js';
import { refusal } from './fixtures.js';

const bytesOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

test('every bit of every tensor comes back, from views and odd offsets too', () => {
  const bits = Uint32Array.of(0x7fc00001, 0xffc0dead, 0x7f800001, 0x80000000, 1, 0x7f800000, 0xff800000, 0x3f800000);
  const all = new Float32Array(bits.buffer);
  const tensors: Record<string, Tensor> = {
    'weird ünïcode "name"': { dtype: 'float32', shape: [2, 4], data: all },
    view: { dtype: 'float32', shape: [3], data: all.subarray(2, 5) },
    empty: { dtype: 'float32', shape: [0, 3], data: new Float32Array(0) },
    scalar: { dtype: 'int32', shape: [], data: Int32Array.of(-2147483648) },
  };
  const blob = encodeTensors(tensors);
  const shifted = Buffer.alloc(blob.length + 3);
  blob.copy(shifted, 3);
  const decoded = decodeTensors(shifted.subarray(3), 'Tensors');
  expect(Object.keys(decoded)).toEqual(Object.keys(tensors));
  for (const [name, tensor] of Object.entries(tensors)) {
    expect(decoded[name].dtype).toBe(tensor.dtype);
    expect(decoded[name].shape).toEqual(tensor.shape);
    expect(decoded[name].data.constructor).toBe(tensor.data.constructor);
    expect(bytesOf(decoded[name]).equals(bytesOf(tensor))).toBe(true);
  }
});

test('the bytes are the same on every machine', () => {
  const blob = encodeTensors({ a: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 258) } });
  const header = '[{"name":"a","dtype":"int32","shape":[2]}]';
  expect(blob.toString('latin1')).toBe(
    `NTSR${String.fromCharCode(header.length)}\0\0\0${header}\x01\0\0\0\x02\x01\0\0`,
  );
});

test('no tensors at all are a BLOB too', () => {
  expect(decodeTensors(encodeTensors({}), 'Tensors')).toEqual({});
});

test('damaged bytes are refused', () => {
  const blob = encodeTensors({ a: { dtype: 'float32', shape: [4], data: new Float32Array(4) } });
  const brokenHeader = Buffer.from(blob).fill('x', 8, 12);
  for (const damaged of [
    brokenHeader,
    blob.subarray(0, -1),
    Buffer.concat([blob, blob]),
    blob.subarray(1),
    blob.subarray(0, 20),
  ]) {
    const error = refusal(() => decodeTensors(damaged, 'The weights'));
    expect(error.message).toMatch(/^The weights are damaged: \d+ bytes that are not whole tensors\.$/);
    expect(error.exitCode).toBe(1);
  }
});

test('a tensor whose elements do not fill its shape is refused', () => {
  const short: Tensor = { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) };
  const wrong: Tensor = { dtype: 'int32', shape: [2], data: new Float32Array(2) };
  expect(refusal(() => encodeTensors({ short })).message).toBe(
    'Expected tensor "short" to hold 4 float32 elements of shape [2, 2], got 3 in a Float32Array.',
  );
  expect(refusal(() => encodeTensors({ wrong })).message).toMatch(
    /2 int32 elements of shape \[2\], got 2 in a Float32/,
  );
});
