/**
 * CIFAR-10 and CIFAR-100, binary version (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html): rows of one label
 * byte (CIFAR-100: coarse label, fine label), then 32×32 red, green and blue planes. CIFAR-100 is read by its fine labels.
 */
import { show } from '../base/errors.js';
import type { ImageSet } from '../contracts/dataset.js';
import { dataError, findFile, formatHint, isDirectory, readDataFile } from './files.js';
import type { DataSource } from './image-set.js';

export type CifarKind = 'cifar10' | 'cifar100';

interface CifarFormat {
  readonly title: string;
  /** Names and class counts of the label bytes; the last one is the label used. */
  readonly labels: readonly { readonly name: string; readonly classes: number }[];
  readonly trainFiles: readonly string[];
  readonly testFile: string;
}

const FORMATS: Readonly<Record<CifarKind, CifarFormat>> = {
  cifar10: {
    title: 'CIFAR-10',
    labels: [{ name: 'label', classes: 10 }],
    trainFiles: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`),
    testFile: 'test_batch.bin',
  },
  cifar100: {
    title: 'CIFAR-100',
    labels: [
      { name: 'coarse label', classes: 20 },
      { name: 'fine label', classes: 100 },
    ],
    trainFiles: ['train.bin'],
    testFile: 'test.bin',
  },
};

const SHAPE = [3, 32, 32] as const;
const PIXELS = 3 * 32 * 32;

/**
 * Reads CIFAR from a directory that holds all the official binary files (train and test part), or from one file (no test
 * part). Each file may be gzip; in a directory it may then also be named `….gz`.
 * @throws NascentError `data` where a file is missing, truncated, damaged or of another format.
 */
export async function readCifar(kind: CifarKind, path: string): Promise<DataSource> {
  const format = FORMATS[kind];
  if (!(await isDirectory(path))) return { train: await readFiles(format, [path]) };
  const wanted = [...format.trainFiles, format.testFile];
  const found = await Promise.all(wanted.map((name) => findFile(path, [name])));
  const paths = found.filter((file) => file !== undefined);
  if (paths.length < wanted.length) {
    const absent = wanted.filter((_, i) => found[i] === undefined);
    const expectation = `hold the ${format.title} binary files ${wanted.join(', ')} (or each with .gz)`;
    throw dataError(show(path), expectation, `a directory without ${absent.join(', ')}`);
  }
  return { train: await readFiles(format, paths.slice(0, -1)), test: await readFiles(format, paths.slice(-1)) };
}

async function readFiles(format: CifarFormat, paths: readonly string[]): Promise<ImageSet> {
  const contents: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = await readDataFile(path);
    checkSize(format, path, bytes);
    contents.push(bytes);
  }
  const rowSize = format.labels.length + PIXELS;
  const count = contents.reduce((sum, bytes) => sum + bytes.length / rowSize, 0);
  const images = new Uint8Array(count * PIXELS);
  const labels = new Int32Array(count);
  let row = 0;
  contents.forEach((bytes, file) => {
    for (let start = 0; start < bytes.length; start += rowSize, row++) {
      labels[row] = readLabel(format, paths[file], bytes, start);
      images.set(bytes.subarray(start + format.labels.length, start + rowSize), row * PIXELS);
    }
  });
  return { images, labels, count, shape: SHAPE, classes: labelUsed(format).classes };
}

function checkSize(format: CifarFormat, path: string, bytes: Uint8Array): void {
  const rowSize = format.labels.length + PIXELS;
  if (bytes.length % rowSize === 0) return;
  const expectation = `hold whole ${format.title} rows of ${rowSize} bytes`;
  const other = Object.values(FORMATS).find((each) => bytes.length % (each.labels.length + PIXELS) === 0);
  const hint = other ? ` (that is whole ${other.title} rows)` : formatHint(bytes, path);
  throw dataError(show(path), expectation, `${bytes.length} bytes${hint}`);
}

function readLabel(format: CifarFormat, path: string, bytes: Uint8Array, start: number): number {
  format.labels.forEach(({ name, classes }, i) => {
    const label = bytes[start + i];
    if (label < classes) return;
    const row = start / (format.labels.length + PIXELS);
    const expectation = `hold ${format.title} rows with a ${name} from 0 to ${classes - 1}`;
    throw dataError(show(path), expectation, `${label} in row ${row}${formatHint(bytes, path)}`);
  });
  return bytes[start + format.labels.length - 1];
}

function labelUsed(format: CifarFormat): { readonly classes: number } {
  return format.labels[format.labels.length - 1];
}
