/** A date of birth as an officer types it: 02/29/1992, 2-29-1992, 02291992 or 1992-02-29. */

const FORMS = [
  /^(?<month>\d{1,2})[/.\- ](?<day>\d{1,2})[/.\- ](?<year>\d{4})$/,
  /^(?<month>\d\d)(?<day>\d\d)(?<year>\d{4})$/,
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/,
];

/**
 * The date in ISO 8601, or null for an empty field.
 *
 * Throws an error with a sentence for the officer, if it is no date.
 */
export function birthDateOf(text: string): string | null {
  const typed = text.trim();
  if (typed === '') return null;
  const groups = FORMS.map((form) => form.exec(typed)?.groups).find(Boolean);
  const { year = '', month = '', day = '' } = groups ?? {};
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (!groups || date.getUTCMonth() + 1 !== Number(month) || date.getUTCDate() !== Number(day)) {
    throw new Error('Enter the date of birth as month, day and year, such as 02/29/1992.');
  }
  return date.toISOString().slice(0, 10);
}
