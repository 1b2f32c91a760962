/** Studies and correlations in files: their numbers as JSON, their pictures as SVG and PNG. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CorrelateResult } from '../correlate/correlate.js';
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

async function writeJsonFile(folder: string, name: string, value: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}

async function writePictures(folder: string, pictures: Readonly<Record<string, string>>): Promise<void> {
  const { svgToPng } = await import('../draw/png.js');
  for (const [name, svg] of Object.entries(pictures)) {
    await writeFile(join(folder, `${name}.svg`), svg);
    await writeFile(join(folder, `${name}.png`), await svgToPng(svg));
  }
}
