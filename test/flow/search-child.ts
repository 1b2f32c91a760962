/** A search in a process of its own, to be killed: prints its events, one a line. Its argument is the options as JSON. */
import { search } from '../../src/search/search.js';

const run = search(JSON.parse(process.argv[2]));
for await (const event of run) process.stdout.write(`${JSON.stringify(event)}\n`);
