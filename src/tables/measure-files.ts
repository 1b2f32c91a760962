/**
 * Measures of architectures in CSV files, such as latencies: a heading, then one architecture a line.
 *
 * Architectures stand in a column `arch` (official text). A file may have their `index` instead, where another of the files has both columns.
 */
import { show } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { type CsvText, numberIn, parseCsv } from './csv.js';
import { badFile, reading } from './refusal.js';
import { canonicalRule, type TextRule, textRule } from './spaces.js';
import { textOf } from './text-file.js';

export interface MeasureTable {
  /** Names of the columns that hold numbers. */
  readonly columns: readonly string[];
  /** A column's value for an architecture's official text; undefined where there is none. */
  valuesOf(column: string): Promise<(text: string) => number | undefined>;
  /** SHA-256 over the files' content. */
  readonly fingerprint: string;
}

interface Source {
  readonly path: string;
  readonly csv: CsvText;
}

const KEYS = ['arch', 'index'];

/** @throws NascentError `data` for files that can't be read, have neither column, or hold architectures of another space */
export async function readMeasures(paths: readonly string[], space: SearchSpace): Promise<MeasureTable> {
  const texts = await Promise.all(paths.map((path) => reading(path, () => textOf(path))));
  const sources = paths.map((path, i): Source => ({ path, csv: parseCsv(texts[i]) }));
  const rule = textRule(space.name, space);
  const canonical = canonicalRule(space.name, space);
  const byIndex = new Map<string, string>();
  for (const { path, csv } of sources) await reading(path, async () => collectIndices(csv, byIndex));
  const origin = new Map<string, Source>();
  for (const source of sources) {
    const key = source.csv.heading.find((name) => KEYS.includes(name));
    if (key === undefined) throw badFile(source.path, 'have a column arch or index', 'neither');
    if (!source.csv.heading.includes('arch') && byIndex.size === 0) {
      throw badFile(source.path, 'have a column arch, or stand beside a file with arch and index', 'only index');
    }
    for (const name of source.csv.heading) if (!KEYS.includes(name) && !origin.has(name)) origin.set(name, source);
  }
  return {
    columns: [...origin.keys()],
    fingerprint: sha256(texts.map(sha256).join()),
    async valuesOf(column) {
      const source = origin.get(column) as Source;
      const values = await reading(source.path, async () => columnOf(source, column, byIndex, rule));
      return (text) => values.get(text) ?? (canonical && values.get(canonical(text)));
    },
  };
}

/** Texts of architectures by index, where a file has both. */
function collectIndices(csv: CsvText, byIndex: Map<string, string>): void {
  const [arch, index] = KEYS.map((name) => csv.heading.indexOf(name));
  if (arch < 0 || index < 0) return;
  for (const { fields } of csv.rows()) byIndex.set(fields[index], fields[arch]);
}

function columnOf(
  { path, csv }: Source,
  column: string,
  byIndex: ReadonlyMap<string, string>,
  rule: TextRule,
): Map<string, number> {
  const place = csv.heading.indexOf(column);
  const [arch, index] = KEYS.map((name) => csv.heading.indexOf(name));
  const values = new Map<string, number>();
  for (const { fields, line } of csv.rows()) {
    const text = arch >= 0 ? fields[arch] : byIndex.get(fields[index]);
    if (text === undefined) throw badFile(path, 'hold known indices', `${show(fields[index])} in line ${line}`);
    const value = numberIn(fields[place], column, line);
    if (value !== undefined) values.set(rule(text, `line ${line}`), value);
  }
  return values;
}
