/** The version of this package, from its own description, wherever the file was built to. */
import { createRequire } from 'node:module';

export function packageVersion(): string {
  const own = createRequire(import.meta.url)('nascent/package.json') as { readonly version: string };
  return own.version;
}
