/**
 * Named tensors as one BLOB: `NTSR`, the header's length in bytes (uint32), the header (JSON: name, dtype and shape of each), then
 * the tensors' elements one after the other. All numbers are little endian. Every bit comes back, NaN payloads included.
 */
import type { Tensor } from '../contracts/kernel-backend.js';
import type { DType, Shape } from '../contracts/program.js';
import { ledgerError } from './failures.js';

interface HeaderEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

const MAGIC = 'NTSR';
const PREFIX_BYTES = 8;
const ELEMENT_BYTES = 4;
const LITTLE_ENDIAN_MACHINE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

export function encodeTensors(tensors: Readonly<Record<string, Tensor>>): Buffer {
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) requireWhole(name, tensor);
  const header = entries.map(([name, { dtype, shape }]): HeaderEntry => ({ name, dtype, shape }));
  const headerBytes = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(headerBytes.length, MAGIC.length);
  return Buffer.concat([prefix, headerBytes, ...entries.map(([, tensor]) => encodeNumbers(tensor.data))]);
}

/** The tensors of a BLOB, each with memory of its own. `what` names the BLOB in the refusal of a damaged one. */
export function decodeTensors(blob: Buffer, what: string): Record<string, Tensor> {
  const damaged = () => ledgerError(`${what} are damaged: ${blob.length} bytes that are not whole tensors.`, 1);
  if (blob.length < PREFIX_BYTES || blob.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged();
  let offset = PREFIX_BYTES + blob.readUInt32LE(MAGIC.length);
  if (offset > blob.length) throw damaged();
  const header = parseHeader(blob.toString('utf8', PREFIX_BYTES, offset));
  if (!header) throw damaged();
  const entries = header.map(({ name, dtype, shape }): [string, Tensor] => {
    const end = offset + elementsOf(shape) * ELEMENT_BYTES;
    if (end > blob.length) throw damaged();
    const data = decodeNumbers(dtype, blob.subarray(offset, end));
    offset = end;
    return [name, { dtype, shape, data }];
  });
  if (offset !== blob.length) throw damaged();
  return Object.fromEntries(entries);
}

function parseHeader(text: string): readonly HeaderEntry[] | undefined {
  try {
    return JSON.parse(text) as readonly HeaderEntry[];
  } catch {
    return undefined;
  }
}

/** Elements as little endian bytes; on little endian machines a view, not a copy. */
export function encodeNumbers(data: Float32Array | Int32Array): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return LITTLE_ENDIAN_MACHINE ? bytes : Buffer.from(bytes).swap32();
}

/** Copies, because a BLOB's bytes need not lie where a typed array may start. */
export function decodeNumbers<D extends DType>(
  dtype: D,
  bytes: Buffer,
): D extends 'float32' ? Float32Array : Int32Array;
export function decodeNumbers(dtype: DType, bytes: Buffer): Float32Array | Int32Array {
  const length = bytes.length / ELEMENT_BYTES;
  const data = dtype === 'float32' ? new Float32Array(length) : new Int32Array(length);
  const target = Buffer.from(data.buffer);
  bytes.copy(target);
  if (!LITTLE_ENDIAN_MACHINE) target.swap32();
  return data;
}

function requireWhole(name: string, { dtype, shape, data }: Tensor): void {
  const fits = data instanceof (dtype === 'float32' ? Float32Array : Int32Array);
  if (fits && data.length === elementsOf(shape)) return;
  throw ledgerError(
    `Expected tensor ${JSON.stringify(name)} to hold ${elementsOf(shape)} ${dtype} elements of shape [${shape.join(', ')}], got ${data.length} in a ${data.constructor.name}.`,
  );
}

function elementsOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}
