/** Comma-separated text: one row a line, a heading first, fields in double quotes where they hold commas. */
import { show } from '../base/errors.js';
import { Malformed } from './refusal.js';

export interface CsvText {
  readonly heading: readonly string[];
  /** Rows in order, each with as many fields as the heading, and the line that it stands on (the heading is line 1). */
  rows(): Iterable<{ readonly fields: readonly string[]; readonly line: number }>;
}

/** @throws Malformed (also while rows are read) where a row has another number of fields than the heading. */
export function parseCsv(text: string): CsvText {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const heading = fieldsOf(lines[0]);
  return {
    heading,
    *rows() {
      for (let i = 1; i < lines.length; i++) {
        if (lines[i] === '') continue;
        const fields = fieldsOf(lines[i]);
        if (fields.length !== heading.length) {
          throw new Malformed(`hold ${heading.length} fields a line`, `${fields.length} in line ${i + 1}`);
        }
        yield { fields, line: i + 1 };
      }
    },
  };
}

/** Decimal notation, with or without an exponent. What else JavaScript takes for a number, such as `0x10`, was not meant as an accuracy. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number in a field; undefined where the field is empty. */
export function numberIn(field: string, column: string, line: number): number | undefined {
  const written = field.trim();
  if (written === '') return undefined;
  const value = DECIMAL.test(written) ? Number(written) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new Malformed(`hold decimal numbers in column ${column}`, `${show(field)} in line ${line}`);
}

function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  // A field in quotes, where two quotes stand for one, or one without any.
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
