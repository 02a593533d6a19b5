/** A token, and the time at which it ends by this device's own clock. */

/** A token that ends this soon could end on its way to the server. */
const MARGIN_MS = 30_000;

export class Token {
  readonly text: string;
  readonly #endsAt: number;

  /** `lastsS` counts from now, so a clock that is off does not matter. */
  constructor(text: string, lastsS: number, now = Date.now()) {
    this.text = text;
    // A token of less than a minute is used for half of its time.
    this.#endsAt = now + Math.max(lastsS * 1000 - MARGIN_MS, lastsS * 500);
  }

  isUsable(now = Date.now()): boolean {
    return now < this.#endsAt;
  }
}
