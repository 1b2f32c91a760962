/** Reads a table file of any format but the store's. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Chunks, fileChunks, unpacked } from './chunks.js';
import { META_FILE, type TableFormat } from './format.js';
import { readNasBench101 } from './nas-bench-101.js';
import { readUnpackedBenchmark, readWholeBenchmark } from './nats-bench.js';
import { readNeutralCsv } from './neutral-csv.js';
import type { ReadOptions, TableReading } from './reader.js';
import { reading } from './refusal.js';
import { requireWhole } from './spaces.js';
import { textOf } from './text-file.js';
import { zipEntry } from './zip-entry.js';

/** Pickles in a `torch.save` before its ZIP form: a fixed number, a version, the machine, the content. */
const LEGACY_PICKLES = 4;

/** @throws NascentError `data` that names the file and what is wrong with it */
export function readTable(
  path: string,
  format: Exclude<TableFormat, 'nascent table'>,
  options: ReadOptions,
): Promise<TableReading> {
  const source = basename(path);
  const whole = (chunks: Chunks, count = 1) => readWholeBenchmark(chunks, count, source, options);
  const readers: Record<typeof format, () => Promise<TableReading>> = {
    'neutral CSV': async () => readNeutralCsv(await textOf(path), source, options),
    'NAS-Bench-101 TFRecord': () => readNasBench101(path, source, options),
    'NAS-Bench-201 .pth (ZIP)': () => whole(zipEntry(path, '/data.pkl', options.onProgress)),
    'NAS-Bench-201 .pth': () => whole(fileChunks(path, options), LEGACY_PICKLES),
    'NATS-Bench .pickle.pbz2': () => whole(unpacked(fileChunks(path, options))),
    'NATS-Bench .pickle': () => whole(fileChunks(path, options)),
    'NATS-Bench folder': () =>
      readUnpackedBenchmark(unpacked(fileChunks(join(path, META_FILE))), (i) => fileOf(path, i), source, options),
  };
  return reading(path, async () => {
    const { content, leftOut } = await readers[format]();
    if (!options.partial) requireWhole(content.space, content.architectures.length);
    return { content, leftOut };
  });
}

/** An architecture's own file; its number stands with leading zeros or without. */
function fileOf(folder: string, index: number): Chunks | undefined {
  const names = [String(index).padStart(6, '0'), String(index)].map((name) => join(folder, `${name}.pickle.pbz2`));
  const found = names.find((name) => existsSync(name));
  return found === undefined ? undefined : unpacked(fileChunks(found));
}
