/** A vehicle identification number as an officer types it, with spaces and dashes. */

const LENGTH = 17;

/** Throws an error with a sentence for the officer, if it cannot be one. I, O and Q are in no VIN. */
export function vinOf(text: string): string {
  const number = text.replace(/[\s-]/g, '').toUpperCase();
  if (number.length !== LENGTH)
    throw new Error(`A VIN has ${LENGTH} letters and digits; this one has ${number.length}.`);
  if (!/^[A-HJ-NPR-Z0-9]+$/.test(number))
    throw new Error('A VIN has letters and digits, and none of I, O and Q: it may be 1 or 0.');
  return number;
}
