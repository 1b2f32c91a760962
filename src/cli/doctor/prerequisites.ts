/** What compiling SQLite needs. npm compiles better-sqlite3 where it has no built one for this Node, as on Node 20. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export interface Prerequisite {
  readonly name: string;
  readonly ok: boolean;
  readonly path?: string;
}

export function prerequisites(environment: Readonly<Record<string, string | undefined>>): Prerequisite[] {
  const programs = ['python3', 'make', 'g++'].map((name) => ({
    name,
    path: programPath(name, environment.PATH ?? ''),
  }));
  const found = [...programs, { name: 'node headers', path: nodeHeaders(environment) }];
  return found.map(({ name, path }) => ({ name, ok: path !== undefined, ...(path !== undefined && { path }) }));
}

function programPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** `node.h`: beside Node, where `nodedir` points, or where node-gyp downloaded it. */
function nodeHeaders(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const version = process.versions.node;
  const roots = [
    dirname(dirname(process.execPath)),
    environment.npm_config_nodedir ?? '',
    '/usr',
    join(environment.HOME ?? '', '.cache/node-gyp', version),
  ];
  return roots
    .filter((root) => root !== '')
    .map((root) => join(root, 'include', 'node', 'node.h'))
    .find((file) => existsSync(file));
}
