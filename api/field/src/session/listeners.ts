/** Functions to call when something has changed. */

export class Listeners {
  readonly #callbacks = new Set<() => void>();

  add(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  call(): void {
    for (const callback of [...this.#callbacks]) callback();
  }
}
