/**
 * TFRecord files: records of length (uint64), masked CRC-32C of the length, data, masked CRC-32C of the data, little endian
 * (TensorFlow, "TFRecord and tf.train.Example", section "TFRecords format details").
 */
import type { Chunks } from './chunks.js';
import { Malformed } from './refusal.js';

const HEADER = 12;
const CHECKSUM = 4;
/** No record of a published table comes near it. */
const LONGEST = 1 << 20;
const MASK = 0xa282ead8;

/** The data of each record in order, checked; each is valid until the next is asked for. */
export async function* records(chunks: Chunks): AsyncIterable<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (;;) {
      const length = recordLength(rest, start, count);
      const end = start + HEADER + length + CHECKSUM;
      if (length < 0 || end > rest.length) break;
      const data = rest.subarray(start + HEADER, end - CHECKSUM);
      if (rest.readUInt32LE(end - CHECKSUM) !== maskedCrc(data)) throw damaged(count);
      yield data;
      start = end;
      count++;
    }
    rest = rest.subarray(start);
  }
  if (rest.length > 0) throw new Malformed('hold whole records', `a file that ends within record ${count}`);
}

/** Whether these are the first bytes of a TFRecord file. */
export function startsAsTfrecord(bytes: Buffer): boolean {
  return bytes.length >= HEADER && bytes.readUInt32LE(8) === maskedCrc(bytes.subarray(0, 8));
}

/** Length of the record's data; −1 where its header has not come yet. */
function recordLength(bytes: Buffer, start: number, record: number): number {
  if (bytes.length < start + HEADER) return -1;
  const header = bytes.subarray(start, start + HEADER);
  if (!startsAsTfrecord(header)) throw damaged(record);
  const length = header.readBigUInt64LE(0);
  if (length > LONGEST) throw new Malformed('hold records of sound length', `${length} bytes for record ${record}`);
  return Number(length);
}

function damaged(record: number): Malformed {
  return new Malformed('be as it was published', `another checksum in record ${record}`);
}

/** CRC-32C of the bytes, rotated and offset as TFRecord has it. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}

/** CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
