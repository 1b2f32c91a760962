/**
 * MNIST and sets of its format (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/): idx files, big-endian headers
 * (magic number 2051 for images, 2049 for labels), 28×28 grey pixels, ten classes.
 */
import { show } from '../base/errors.js';
import type { ImageSet } from '../contracts/dataset.js';
import { dataError, findFile, formatHint, isDirectory, readDataFile } from './files.js';
import type { DataSource } from './image-set.js';

const SIDE = 28;
const CLASSES = 10;
const IMAGE_MAGIC = 2051;
const LABEL_MAGIC = 2049;

/**
 * Reads the four official files of a directory. Names are taken as published (`train-images-idx3-ubyte`, `t10k-…`) or with
 * a dot (`train-images.idx3-ubyte`), with `test-` for `t10k-`, with `mnist-` in front, and with `.gz`; where several of
 * them lie there, the first in that order.
 * @throws NascentError `data` where a file is missing, truncated, damaged or of another format.
 */
export async function readMnist(directory: string): Promise<DataSource> {
  if (!(await isDirectory(directory))) {
    throw dataError(show(directory), 'be a directory that holds the four MNIST files', 'a file');
  }
  const train = await readPart(directory, ['train']);
  const test = await readPart(directory, ['t10k', 'test']);
  return { train, test };
}

async function readPart(directory: string, prefixes: readonly string[]): Promise<ImageSet> {
  const imagePath = await requireFile(directory, fileNames(prefixes, 'images', 'idx3'));
  const labelPath = await requireFile(directory, fileNames(prefixes, 'labels', 'idx1'));
  const images = readIdx(imagePath, await readDataFile(imagePath), IMAGE_MAGIC, 'idx images');
  const labels = readIdx(labelPath, await readDataFile(labelPath), LABEL_MAGIC, 'idx labels');
  const [count, height, width] = images.counts;
  if (height !== SIDE || width !== SIDE) {
    throw dataError(show(imagePath), `hold images of ${SIDE}×${SIDE} pixels`, `${height}×${width}`);
  }
  if (labels.counts[0] !== count) {
    const expectation = `hold one label for each of the ${count} images of ${show(imagePath)}`;
    throw dataError(show(labelPath), expectation, `${labels.counts[0]} labels`);
  }
  checkLabels(labelPath, labels.content);
  // A copy of the pixels: the view would keep the header, and with it an odd offset, alive.
  return {
    images: Uint8Array.from(images.content),
    labels: Int32Array.from(labels.content),
    count,
    shape: [1, SIDE, SIDE],
    classes: CLASSES,
  };
}

function fileNames(prefixes: readonly string[], content: string, type: string): string[] {
  const stems = prefixes.flatMap((prefix) => [
    `${prefix}-${content}-${type}-ubyte`,
    `${prefix}-${content}.${type}-ubyte`,
  ]);
  return [...stems, ...stems.map((stem) => `mnist-${stem}`)];
}

async function requireFile(directory: string, names: readonly string[]): Promise<string> {
  const path = await findFile(directory, names);
  if (path === undefined) {
    throw dataError(
      show(directory),
      `hold one of ${names.join(', ')} (or with .gz)`,
      'a directory without any of them',
    );
  }
  return path;
}

/** The counts of an idx header (one for labels; images, rows, columns for images) and the bytes after it. */
function readIdx(
  path: string,
  bytes: Uint8Array,
  magic: number,
  title: string,
): { readonly counts: readonly number[]; readonly content: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = magic & 0xff; // The magic number's last byte counts the dimensions.
  const headerSize = 4 + 4 * dimensions;
  if (bytes.length < headerSize) {
    const expectation = `begin with the ${headerSize} byte header of ${title}`;
    throw dataError(show(path), expectation, `${bytes.length} bytes${formatHint(bytes, path)}`);
  }
  if (view.getUint32(0) !== magic) {
    const expectation = `begin with the magic number ${magic} of ${title}`;
    throw dataError(show(path), expectation, `${view.getUint32(0)}${formatHint(bytes, path)}`);
  }
  const counts = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const size = counts.reduce((product, count) => product * count, 1);
  if (size === 0 || bytes.length - headerSize !== size) {
    const expectation = `hold the ${counts.join('×')} bytes that its header counts`;
    throw dataError(
      show(path),
      size === 0 ? 'count at least one item' : expectation,
      `${bytes.length - headerSize} bytes`,
    );
  }
  return { counts, content: bytes.subarray(headerSize) };
}

function checkLabels(path: string, labels: Uint8Array): void {
  const row = labels.findIndex((label) => label >= CLASSES);
  if (row < 0) return;
  throw dataError(show(path), `hold labels from 0 to ${CLASSES - 1}`, `${labels[row]} in row ${row}`);
}
