/** What a pickle holds, as values: null, booleans, numbers, bigints, strings, bytes, arrays (lists, tuples, sets) and dictionaries. */
import { Malformed } from '../refusal.js';

/** A dictionary with keys of any kind, in order. A key that comes twice has the later value, as in Python. */
export class PickleDict {
  #keys: unknown[] = [];
  #values: unknown[] = [];
  #dropped = false;

  get size(): number {
    return this.#keys.length;
  }

  add(key: unknown, value: unknown): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  /** The value of a text or number; undefined where there is none. */
  get(key: string | number): unknown {
    return this.values()[this.#keys.lastIndexOf(key)];
  }

  keys(): readonly unknown[] {
    this.#refuseDropped();
    return this.#keys;
  }

  /** In the order of `keys`. */
  values(): readonly unknown[] {
    this.#refuseDropped();
    return this.#values;
  }

  /** Forgets the content and that of dictionaries in it, used up by now; the pickle may go on referring to them. */
  drop(): void {
    const inner = this.#values.filter((value) => value instanceof PickleDict);
    for (const dict of [this, ...inner]) dict.#forget();
  }

  #forget(): void {
    [this.#keys, this.#values] = [NONE, NONE];
    this.#dropped = true;
  }

  #refuseDropped(): void {
    if (this.#dropped) throw new Malformed('hold each result once', 'one that stands for several');
  }
}

const NONE: never[] = [];
