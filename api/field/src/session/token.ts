/** A token and the time at which it ends, by this device's own clock and from the moment it arrived. */

/** A token that ends this soon could end on its way to the server. */
const MARGIN_MS = 30_000;

export class Token {
  readonly text: string;
  readonly #endsAt: number;

  /** `expiresInS` is how long the token lasts, so a clock that is off does not matter. */
  constructor(text: string, expiresInS: number, now = Date.now()) {
    this.text = text;
    // A token of less than twice the margin is used for half of its time.
    this.#endsAt = now + Math.max(expiresInS * 1000 - MARGIN_MS, expiresInS * 500);
  }

  isUsable(now = Date.now()): boolean {
    return now < this.#endsAt;
  }
}
