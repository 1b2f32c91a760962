/**
 * A search in a process of its own, to be killed: prints its events, one a line, and does nothing more until a byte answers. Its argument is the
 * options as JSON.
 */
import { readSync, writeSync } from 'node:fs';
import { search } from '../../src/search/search.js';

const run = search(JSON.parse(process.argv[2]));
for await (const event of run) {
  writeSync(1, `${JSON.stringify(event)}\n`);
  readSync(0, Buffer.alloc(1));
}
