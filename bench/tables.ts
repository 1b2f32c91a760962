/** The published tables that benches compare with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type Row = Readonly<Record<string, string>>;

/** The rows of a packed CSV file, by column. */
export function readTable(folder: string, name: string): Row[] {
  const lines = gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .trim()
    .split('\n');
  const split = (line: string) =>
    line.match(/("[^"]*"|[^,]*)(,|$)/g)!.map((field) => field.replace(/,$/, '').replaceAll('"', ''));
  const columns = split(lines[0]);
  return lines.slice(1).map((line) => {
    const fields = split(line);
    return Object.fromEntries(columns.map((column, i) => [column, fields[i]]));
  });
}

/**
 * NAS-Bench-Suite-Zero's scores of NAS-Bench-201 cells with CIFAR-10, by official string. Its digits: 0 skip, 1 none, 2 3×3, 3 1×1, 4 pool; edges
 * 1←0 2←0 3←0 2←1 3←1 3←2.
 */
export function readPublishedScores(folder: string): Map<string, Row> {
  const operations = ['skip_connect', 'none', 'nor_conv_3x3', 'nor_conv_1x1', 'avg_pool_3x3'];
  const rows = readTable(folder, 'zero-cost-suite-nas-bench-201.csv.gz').filter((row) => row.dataset === 'cifar10');
  return new Map(
    rows.map((row) => {
      const [e10, e20, e30, e21, e31, e32] = row.arch.match(/\d/g)!.map((digit) => operations[Number(digit)]);
      return [`|${e10}~0|+|${e20}~0|${e21}~1|+|${e30}~0|${e31}~1|${e32}~2|`, row];
    }),
  );
}
