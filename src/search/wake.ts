/** Something that happens once, for any number who wait for it. */

export interface Wake {
  readonly fired: Promise<void>;
  readonly fire: () => void;
}

export function wakeOnce(): Wake {
  let fire = () => {};
  const fired = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { fired, fire };
}
