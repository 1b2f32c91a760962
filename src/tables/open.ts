/** Opens a table: a store made by `nascent table import`, or a neutral CSV file, which is read whole. */
import type { SearchSpace } from '../contracts/search-space.js';
import type { Table } from '../contracts/table.js';
import { checkLookup, checkPath, checkSpace } from './arguments.js';
import { formatOf } from './format.js';
import { readTable } from './read-table.js';
import { badFile } from './refusal.js';
import { canonicalRule } from './spaces.js';
import { StoredTable } from './store.js';
import { openStore } from './store-file.js';
import { encodeTable } from './store-format.js';

/**
 * A table of one space. A store is opened by its header alone; what is changed in it is noticed when it is read, or by `verify`.
 * @param space that the table must be of
 * @throws NascentError `data` where the file is none of these, is damaged, or is a table of another space
 */
export async function openTable(path: string, space: SearchSpace): Promise<Table> {
  checkSpace(space);
  const table = await openAnyTable(path, async (name) => (name === space.name ? space : undefined), space.name);
  if (table.space !== space.name) throw badFile(path, `be a table of ${space.name}`, `one of ${table.space}`);
  return table;
}

/**
 * A table of whatever space it tells, opened likewise.
 * @param spaceOf the space of a name; undefined where there is none: architectures are then found by their very text only
 * @param asked the space of a CSV file, whose architectures may not tell it
 */
export async function openAnyTable(
  path: string,
  spaceOf: (name: string) => Promise<SearchSpace | undefined>,
  asked?: string,
): Promise<Table> {
  checkPath('the table', path);
  checkLookup(spaceOf);
  const format = await formatOf(path);
  if (format === 'nascent table') {
    // The space is known by the header only, which is read twice for it: that is quick.
    const space = await spaceOf(openStore(path, () => undefined).space);
    return openStore(path, (name) => canonicalRule(name, space));
  }
  if (format !== 'neutral CSV') {
    throw badFile(path, 'be a nascent table or a CSV file', `${format}, which "nascent table import" turns into one`);
  }
  const { content } = await readTable(path, format, { space: asked, spaceOf });
  const { header, sections } = encodeTable(content);
  const all = [...Object.values(header.sections), ...header.columns.map(({ section }) => section)];
  const bytes = new Map(all.map(({ offset }, i) => [offset, sections[i]]));
  const canonical = canonicalRule(content.space, await spaceOf(content.space));
  return new StoredTable(path, header, ({ offset }) => bytes.get(offset)!, canonical);
}
