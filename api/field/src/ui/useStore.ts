/** Renders a component again after each change of a store, before the next frame. */

import { useLayoutEffect, useState } from 'preact/hooks';

interface Store {
  onChange(callback: () => void): () => void;
}

export function useStore<S extends Store>(store: S): S {
  const [, count] = useState(0);
  useLayoutEffect(() => store.onChange(() => count((before) => before + 1)), [store]);
  return store;
}
