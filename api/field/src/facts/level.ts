/** How loud a line of the banner is, by its rank in docs/safety.md. */

export type Level = 'grave' | 'warn' | 'know';

/** Ranks 0 to 3 are never cut from a banner. */
const GRAVE_TO = 3;
/** Up to a stolen vehicle; what follows helps to talk, not to survive. */
const WARN_TO = 8;

export function levelOf(rank: number): Level {
  return rank <= GRAVE_TO ? 'grave' : rank <= WARN_TO ? 'warn' : 'know';
}
