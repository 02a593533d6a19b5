/** Codes, dates and numbers as an officer reads them. */

import { WORDS } from '../codegen/words.ts';

/** "Felony full" of FELONY_FULL. */
export function plain(code: string | null | undefined): string {
  const text = (code ?? '').replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The schema's words for a code. */
export function word(table: keyof typeof WORDS, code: string | null | undefined): string {
  return code ? ((WORDS[table] as Record<string, string>)[code] ?? plain(code)) : '';
}

/** 02/29/1992 of 1992-02-29; a part that is not known, such as the day in 1990-05-00, is ??. */
export function day(date: string | null | undefined): string {
  const [, year, month, dayOfMonth] = /^(\d{4})-(\d\d)-(\d\d)/.exec(date ?? '') ?? [];
  return year ? [month, dayOfMonth, year].map((part) => (Number(part) ? part : '??')).join('/') : '';
}

/** Years between a date of birth and today; null if the year is not known. */
export function age(birthDate: string | null | undefined, today = new Date()): number | null {
  const [year = 0, month = 0, dayOfMonth = 0] = (birthDate ?? '').split('-').map(Number);
  if (!year) return null;
  const isBefore = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < dayOfMonth);
  return today.getFullYear() - year - (isBefore ? 1 : 0);
}

/** 5′11″ of 71. */
export function height(inches: number | null | undefined): string {
  return inches ? `${Math.floor(inches / 12)}′${inches % 12}″` : '';
}

export function joined(parts: readonly (string | number | boolean | null | undefined)[], separator = ' · '): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '' && part !== false).join(separator);
}

/** 23:05, as the device's own clock and time zone say. */
export function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}
