/** Studies and correlations in files: their numbers as JSON, their pictures as SVG and PNG. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, NascentError, show } from '../base/errors.js';
import type { CorrelateResult } from '../correlate/correlate.js';
import { writeChecked } from '../export/checked-file.js';
import type { PresetResult } from '../study/reproduce.js';
import type { StudyResult } from '../study/study.js';

/** Writes `study.json`, `regret` and `samples` into `folder`, which is made where there is none. */
export async function writeStudy(folder: string, result: StudyResult): Promise<void> {
  const { studyPictures } = await import('../study/pictures.js');
  await writeJsonFile(folder, 'study.json', result);
  await writePictures(folder, studyPictures(result));
}

/** Writes `study.json`, and the pictures of each data set. */
export async function writePreset(folder: string, result: PresetResult): Promise<void> {
  const { presetPictures } = await import('../study/pictures.js');
  await writeJsonFile(folder, 'study.json', result);
  await writePictures(folder, presetPictures(result));
}

/** Writes `correlation.json`, with all scores, and the pictures. */
export async function writeCorrelation(folder: string, result: CorrelateResult): Promise<void> {
  const { correlationPictures } = await import('../correlate/pictures.js');
  await writeJsonFile(folder, 'correlation.json', result);
  await writePictures(folder, correlationPictures(result));
}

/**
 * Refuses a folder that no files can be written into: tried, and undone. To be asked before hours of work.
 * @param flag how the person named it
 * @throws NascentError `usage`
 */
export async function requireFolder(flag: string, folder: string): Promise<void> {
  const made: string[] = [];
  try {
    for (const each of missingFolders(resolve(folder))) {
      await mkdir(each);
      made.push(each);
    }
    const probe = join(folder, `.${randomUUID()}.unfinished`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    // Of `ENOTDIR: not a directory, open '…'` the reason alone: the file is this one's own.
    const [reason] = messageOf(cause).split(',');
    const words = `Expected ${flag} to be a folder that can be written into, got ${show(folder)} (${reason}).`;
    throw new NascentError('usage', words, { cause });
  } finally {
    // Whoever has put something there meanwhile keeps it.
    for (const each of made.reverse()) await rmdir(each).catch(() => undefined);
  }
}

/** From the highest down. One by one: where /proc refuses, Node's `recursive` asks again for ever. */
function missingFolders(folder: string): string[] {
  return existsSync(folder) ? [] : [...missingFolders(dirname(folder)), folder];
}

async function writeJsonFile(folder: string, name: string, value: unknown): Promise<void> {
  await writeWhole(join(folder, name), Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
}

async function writePictures(folder: string, pictures: Readonly<Record<string, string>>): Promise<void> {
  const { svgToPng } = await import('../draw/png.js');
  for (const [name, svg] of Object.entries(pictures)) {
    await writeWhole(join(folder, `${name}.svg`), Buffer.from(svg));
    await writeWhole(join(folder, `${name}.png`), await svgToPng(svg));
  }
}

/** An earlier file stays until the new one is whole. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  await writeChecked(path, content, async () => undefined);
}
