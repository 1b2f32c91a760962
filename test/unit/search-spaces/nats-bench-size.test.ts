/** NATS-Bench's size space against the published table and against NAS-Bench-201, whose skeleton it shares. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { natsBenchSize } from '../../../search-spaces/nats-bench-size/index.js';
import { networkCost } from '../../../src/network/trace.js';

const space = natsBenchSize();
const table = new URL('../../../../shared/data/nats-bench-size-cifar10.csv.gz', import.meta.url);

describe('list', () => {
  it.skipIf(!existsSync(table))('is the published table, row by row (skipped where shared/data is absent)', () => {
    const [heading, ...lines] = gunzipSync(readFileSync(table)).toString().trim().split('\n');
    const place = heading.split(',').indexOf('channels');
    expect(lines.map((line) => line.split(',')[place])).toEqual([...(space.enumerate?.() ?? [])].map(space.format));
  });
});

describe('cost', () => {
  const cell = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|';

  it('is that of the cell in NAS-Bench-201 where widths double', () => {
    const topology = nasBench201();
    const network = topology.network(topology.parse(cell), { channels: 16, cells: 1 });
    expect(space.cost?.(space.parse('16:32:32:64:64'))).toEqual(networkCost(network));
  });

  it('is that of the network where every layer has a width of its own', () => {
    for (const text of ['8:16:24:32:40', '64:8:64:8:64', '8:8:8:8:8', '40:64:16:56:24']) {
      expect(space.cost?.(space.parse(text))).toEqual(networkCost(space.network(space.parse(text))));
    }
  });
});

describe('skeleton', () => {
  it('scales all widths, rounded up', () => {
    const small = space.network(space.parse('8:16:24:32:64'), { channels: 12 });
    // 1.5, 3, 4.5, 6 and 12
    expect(networkCost(small)).toEqual(space.cost?.(space.parse('8:16:24:32:64'), { channels: 12 }));
    expect(space.cost?.(space.parse('16:16:16:16:16'), { channels: 32 })).toEqual(
      space.cost?.(space.parse('8:8:8:8:8')),
    );
  });
});

describe('text', () => {
  it.each([
    ['16:32:64:8', 'five widths joined by ":"'],
    ['16:32:64:8:12', 'width of layer 5 to be one of 8, 16, 24, 32, 40, 48, 56, 64, got "12"'],
    ['16:32:64:8:08', 'width of layer 5'],
  ])('is refused where it is wrong: %s', (text, sentence) => {
    expect(() => space.parse(text)).toThrow(sentence);
  });
});
