/**
 * The text of the barcode on a driver's licence (AAMVA DL/ID card design standard, PDF417, versions 1 to 10).
 *
 * Offsets of the header are not read: several states write wrong ones, and a hand scanner may leave out control
 * characters. Elements are found by their ids at the start of a line, and are trusted only if the line is whole.
 */

import { issuerOf, type Issuer } from './issuers';

export type Sex = 'F' | 'M';

export interface Licence {
  /** Null if its number is not on AAMVA's list. */
  issuer: Issuer | null;
  number: string | null;
  surname: string | null;
  given: string | null;
  /** As in the API: 1987-03-14. */
  birthDate: string | null;
  /** Null if the card does not say, or says neither. */
  sex: Sex | null;
}

export type Unreadable = 'NO_LICENCE' | 'TWO_SCANS' | 'NO_LINES' | 'CUT_OFF';

const MOST_CHARACTERS = 5_000;
const HEADER = /(?:ANSI|AAMVA)\s*(\d{6})\d{4,6}(?:[A-Z]{2}\d{8})*/g;
// The type of the subfile stands before its first element.
const ELEMENT = /^\s*(?:DL|ID|EN)?(D[A-D][A-Z])(.*)$/;
const NUMBER = /^[A-Z0-9*-]{1,25}$/;
const PLACEHOLDERS = new Set(['', 'NONE', 'UNAVL', 'UNAV', 'N/A']);
const SEXES = new Map<string, Sex>([['1', 'M'], ['M', 'M'], ['2', 'F'], ['F', 'F']]);

export function readLicence(text: string): Licence | Unreadable {
  if (text.length > MOST_CHARACTERS) return 'NO_LICENCE';
  // A hand scanner types small letters if Caps Lock is on.
  const typed = text.toUpperCase();
  const headers = [...typed.matchAll(HEADER)];
  const header = headers[0];
  if (header === undefined) return 'NO_LICENCE';
  if (headers.length > 1) return 'TWO_SCANS';
  const lines = typed.slice(header.index + header[0].length).split(/[\n\r\x1e]+/);
  if (lines.length < 2) return 'NO_LINES';
  const elements = elementsOf(lines);
  const [surname, given] = names(elements);
  const licence = {
    issuer: issuerOf(header[1] ?? ''),
    number: licenceNumber(elements.get('DAQ')),
    surname,
    given,
    birthDate: isoDate(elements.get('DBB')),
    sex: SEXES.get(elements.get('DBC') ?? '') ?? null,
  };
  return licence.number === null && licence.surname === null ? 'CUT_OFF' : licence;
}

/** The first value of each element. The last line has no end, so what stands there may be half a number. */
function elementsOf(lines: string[]): Map<string, string> {
  const elements = new Map<string, string>();
  for (const line of lines.slice(0, -1)) {
    const [, id, value = ''] = ELEMENT.exec(line) ?? [];
    if (id !== undefined && !elements.has(id)) elements.set(id, value.trim());
  }
  return elements;
}

function licenceNumber(value = ''): string | null {
  const number = value.replace(/\s/g, '');
  return NUMBER.test(number) && !PLACEHOLDERS.has(number) ? number : null;
}

/** Surname and given names, by the elements of version 4 and later, of 2 and 3, or of 1. */
function names(elements: Map<string, string>): [string | null, string | null] {
  const [whole, ...rest] = elements.get('DAA')?.split(/[,@$]/) ?? [];
  const named = (id: string) => plainName(elements.get(id));
  const surname = named('DCS') ?? named('DAB') ?? (rest.length > 0 ? plainName(whole) : null);
  const separate = [named('DAC'), named('DAD')].filter((each) => each !== null).join(' ');
  const together = elements.get('DCT')?.replace(/,/g, ' ') ?? rest.slice(0, 2).join(' ');
  return [surname, plainName(separate || together)];
}

function plainName(value = ''): string | null {
  const name = value.replace(/[^\p{L}\p{M}' .-]/gu, ' ').replace(/\s+/g, ' ').trim();
  return PLACEHOLDERS.has(name) || !/\p{L}/u.test(name) ? null : name;
}

/**
 * MMDDCCYY, as the United States write it, or CCYYMMDD, as Canada and version 1 do.
 *
 * No date can be read both ways: no month is 19 or 20.
 */
function isoDate(value = ''): string | null {
  const monthFirst = /^(\d\d)(\d\d)((?:19|20)\d\d)$/.exec(value);
  const yearFirst = /^((?:19|20)\d\d)(\d\d)(\d\d)$/.exec(value);
  const [year, month, day] = monthFirst
    ? [monthFirst[3], monthFirst[1], monthFirst[2]]
    : [yearFirst?.[1], yearFirst?.[2], yearFirst?.[3]];
  const text = `${year}-${month}-${day}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
}
