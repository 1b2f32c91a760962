/** The JSON genotype: what it holds, and that it builds the network again. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportRequest } from '../../../src/contracts/exporter.js';
import { genotypeExporter } from '../../../src/export/genotype.js';
import { type GenotypeFile, parseGenotype } from '../../../src/export/genotype-file.js';
import { networkCost } from '../../../src/network/trace.js';
import { exportRequest } from '../../../src/testing/exporter.js';
import { temporaryFolder } from './folder.js';
import { MIXED, subject } from './subject.js';

async function exported(request: ExportRequest): Promise<GenotypeFile> {
  const file = join(await temporaryFolder(), 'model.json');
  expect(await genotypeExporter.write(request, file)).toBeUndefined();
  return parseGenotype(await readFile(file, 'utf8'));
}

describe('the file', () => {
  it('holds what builds the network again', async () => {
    const request = await exportRequest(subject, MIXED);
    const { space } = subject;
    expect(await exported(request)).toEqual({
      format: 'nascent-genotype',
      version: 1,
      space: 'nas-bench-201',
      skeleton: subject.skeleton,
      architecture: MIXED,
      canonical: space.format(space.canonical(space.parse(MIXED), 'function')),
      normalization: request.normalization,
      provenance: request.provenance,
      cost: networkCost(request.network),
    });
  });

  it('keeps options of the space', async () => {
    const request = await exportRequest(subject, MIXED);
    const provenance = { ...request.provenance, spaceOptions: { kind: 'small' } };
    expect((await exported({ ...request, provenance })).spaceOptions).toEqual({ kind: 'small' });
  });
});

describe('is refused', () => {
  const refused = async (change: Partial<ExportRequest>, message: RegExp) => {
    const folder = await temporaryFolder();
    const request = { ...(await exportRequest(subject, MIXED)), ...change };
    await expect(genotypeExporter.write(request, join(folder, 'model.json'))).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  };

  it('where the skeleton is not the network’s', () =>
    refused({ provenance: {} }, /to build the exported network, got one of \d+ instead of \d+ parameters/));

  it('where the architecture is another one of the same cost', async () =>
    refused(
      { architecture: MIXED.replace('skip_connect', 'none') },
      /to build the exported network, got one with other layers\.$/,
    ));

  it('where the skeleton is not one', () =>
    refused(
      { provenance: { skeleton: { channel: 4 } } },
      /^Expected `provenance.skeleton` to be an object of options/,
    ));
});

describe('reading', () => {
  it('names what is wrong', async () => {
    const genotype = await exported(await exportRequest(subject, MIXED));
    const read = (change: object) => parseGenotype(JSON.stringify({ ...genotype, ...change }));
    expect(() => parseGenotype('{')).toThrow(/^Expected a genotype file to be JSON, got: /);
    expect(() => read({ version: 2 })).toThrow(/^Expected a genotype file of version 1, got "version": /);
    expect(() => read({ architecture: 7 })).toThrow(/got "architecture": /);
    expect(() => parseGenotype('[]')).toThrow(/^Expected a genotype file/);
  });
});
