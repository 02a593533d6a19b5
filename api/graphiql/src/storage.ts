/** GraphiQL's storage in memory. Variables hold names and numbers, so nothing is written to disk. */

import type { Storage } from '@graphiql/toolkit';

export function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}
