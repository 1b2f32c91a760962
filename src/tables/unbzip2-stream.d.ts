/** The package brings no types. It unpacks within `write` and `end`, and says what came by the events `data` and `error`. */
declare module 'unbzip2-stream' {
  interface Unpacking {
    on(event: 'data', listener: (chunk: Uint8Array) => void): this;
    on(event: 'error', listener: (error: unknown) => void): this;
    write(chunk: Uint8Array): boolean;
    end(): void;
  }
  export default function unbzip2(): Unpacking;
}
