/** A scan of a licence: which question it leads to, and the sentence that the officer reads with it. */

import { readLicence, type Licence, type Sex, type Unreadable } from './licence';

export interface NameQuestion {
  surname: string;
  given: string | null;
  birthDate: string | null;
  sex: Sex | null;
}

export type Scan =
  | { kind: 'number'; sentence: string; driverLicense: { number: string; state: string } }
  | { kind: 'name'; sentence: string; name: NameQuestion }
  | { kind: 'unreadable'; sentence: string };

const SENTENCES: Record<Unreadable, string> = {
  NO_LICENCE: 'This is not the barcode of a driver’s licence. Scan the large barcode on the back, or type the number.',
  TWO_SCANS: 'Two scans came together. Clear the field, and scan one licence once.',
  NO_LINES: 'The scanner left out the line breaks. Set it to send them as Enter, or type the number.',
  CUT_OFF: 'The scan was cut off before the licence number and the name. Scan again, or type the number.',
};

/** The question that a barcode's text leads to. Licences of `connected` states are asked by number. */
export function readScan(text: string, connected: readonly string[]): Scan {
  const licence = readLicence(text);
  if (typeof licence === 'string') return { kind: 'unreadable', sentence: SENTENCES[licence] };
  const { number, issuer } = licence;
  if (number !== null && issuer?.state && connected.includes(issuer.state)) {
    const sentence = `${issuer.name} licence ${number}. Compare it with the card.`;
    return { kind: 'number', sentence, driverLicense: { number, state: issuer.state } };
  }
  return byName(licence, connected);
}

function byName({ issuer, number, surname, given, birthDate, sex }: Licence, connected: readonly string[]): Scan {
  const cause = reason(issuer, number, connected);
  if (surname === null) {
    return { kind: 'unreadable', sentence: `${cause} The scan has no name either. Type the name and birth date.` };
  }
  const asked = birthDate === null ? 'Search by name; the scan has no birth date.' : 'Search by name and birth date.';
  return { kind: 'name', sentence: `${cause} ${asked}`, name: { surname, given, birthDate, sex } };
}

function reason(issuer: Licence['issuer'], number: string | null, connected: readonly string[]): string {
  if (issuer === null) return 'This licence’s issuer is not on the list, so its records cannot be asked by number.';
  if (number === null && connected.includes(issuer.state ?? '')) return 'The licence number could not be read.';
  return `This licence is from ${issuer.name}, whose DMV is not connected here: its records are not checked.`;
}
