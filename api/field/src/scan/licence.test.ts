import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import * as cards from './fixtures';
import { barcode, CALIFORNIA, VICTOR } from './fixtures';
import { readLicence, type Licence } from './licence';

const { barcode: _, VICTOR: __, ...CARDS } = cards;

function licenceIn(text: string): Licence {
  const licence = readLicence(text);
  if (typeof licence === 'string') throw new Error(licence);
  return licence;
}

function californian(elements: Record<string, string>): string {
  return barcode({ ...CALIFORNIA, elements: { ...CALIFORNIA.elements, ...elements } });
}

describe('the barcode of each state and version', () => {
  test.each([
    ['CALIFORNIA', 'CA', 'Z0000001'],
    ['NEVADA', 'NV', '1400000001'],
    ['NEW_YORK', 'NY', '000000001'],
    ['TEXAS', 'TX', '00000001'],
    ['OHIO', 'OH', 'AB000001'],
    ['SOUTH_CAROLINA', 'SC', '000000001'],
    ['FLORIDA', 'FL', 'T000-000-00-001-0'],
    ['ONTARIO', 'ON', 'T0000-00000-00001'],
  ] as const)('of %s gives number, name, birth date and sex', (card, state, number) => {
    const { issuer, ...read } = licenceIn(barcode(CARDS[card]));
    expect(read).toEqual({ number, ...VICTOR });
    expect(issuer?.state).toBe(state);
  });

  test('each fixture is read by a test above', () => {
    expect(Object.keys(CARDS)).toHaveLength(8);
  });
});

test('the issuer is who issued the card, not the state of the address', () => {
  const nevadan = licenceIn(barcode(CARDS.NEVADA));
  expect(CARDS.NEVADA.elements.DAJ).toBe('CA');
  expect(nevadan.issuer).toEqual({ state: 'NV', name: 'Nevada' });
});

test('an issuer that is not on the list is null', () => {
  expect(licenceIn(barcode({ ...CALIFORNIA, issuer: '999999' })).issuer).toBeNull();
});

describe('a hand scanner', () => {
  test.each([
    ['that sends Enter for each control character', (text: string) => text.replace(/[\r\x1e]/g, '\n')],
    ['that leaves out what is not printed, but for Enter', (text: string) => text.replace(/[\x1e\r]/g, '')],
    ['while Caps Lock is on', (text: string) => text.toLowerCase()],
    ['that adds an Enter before and after', (text: string) => `\n${text}\n`],
  ])('%s is read', (_name, typed) => {
    expect(licenceIn(typed(barcode(CALIFORNIA)))).toMatchObject({ number: 'Z0000001', ...VICTOR });
  });

  test('without line breaks is not guessed at', () => {
    expect(readLicence(barcode(CALIFORNIA).replace(/[\n\r\x1e]/g, ''))).toBe('NO_LINES');
  });

  test('that scanned two licences mixes nothing', () => {
    expect(readLicence(barcode(CALIFORNIA) + barcode(CARDS.NEVADA))).toBe('TWO_SCANS');
  });
});

describe('a value that is not usable is null', () => {
  test.each([
    ['birthDate', 'DBB', '02301987'],
    ['birthDate', 'DBB', '13141987'],
    ['birthDate', 'DBB', '00000000'],
    ['birthDate', 'DBB', ''],
    ['birthDate', 'DBB', '031487'],
    ['sex', 'DBC', '9'],
    ['sex', 'DBC', 'X'],
    ['number', 'DAQ', ''],
    ['number', 'DAQ', 'NONE'],
    ['number', 'DAQ', 'Z0000001; DROP'],
    ['surname', 'DCS', 'unavl'],
    ['surname', 'DCS', '...'],
  ] as const)('%s of %s%s', (field, id, value) => {
    expect(licenceIn(californian({ [id]: value }))[field]).toBeNull();
  });

  test('and a person without a middle name has none', () => {
    expect(licenceIn(californian({ DAD: 'NONE' })).given).toBe('VICTOR');
  });
});

test('of an element that is there twice the first counts, as the licence is the first subfile', () => {
  const twice = barcode(CALIFORNIA).replace('ZVZVA01\r', 'IDDAQX9999999\nDCSSOMEBODY\r');
  expect(licenceIn(twice)).toMatchObject({ number: 'Z0000001', surname: 'THORNQUIST' });
});

test('letters, accents, hyphens and apostrophes of a name are kept', () => {
  const read = licenceIn(californian({ DCS: 'Lindqvist-O’Hale D\'Ämour', DAC: 'Édith' }));
  expect(read.surname).toBe("LINDQVIST-O HALE D'ÄMOUR");
  expect(read.given).toBe('ÉDITH AMES');
});

describe('a text that was cut off', () => {
  const whole = barcode(CALIFORNIA);

  test('never gives half a value', () => {
    const { number, surname, birthDate } = licenceIn(whole);
    for (let length = 0; length < whole.length; length += 1) {
      const read = readLicence(whole.slice(0, length));
      if (typeof read === 'string') continue;
      expect([number, null]).toContain(read.number);
      expect([surname, null]).toContain(read.surname);
      expect([birthDate, null]).toContain(read.birthDate);
    }
  });

  test('before the number and the name says so', () => {
    expect(readLicence(whole.slice(0, whole.indexOf('DCS')).replace('DAQ', 'DAX'))).toBe('CUT_OFF');
  });
});

describe('nonsense is no licence', () => {
  test.each([
    ['nothing', ''],
    ['a plate', '1N00001'],
    ['the price of something', '4006381333931'],
    ['an address', 'https://example.org/?ANSI=1'],
    ['a magnetic stripe', '%CATESTVILLE^THORNQUIST$VICTOR^1 INVENTED ST^?;636014000000001=2903?'],
    ['a passport', 'P<UTOTHORNQUIST<<VICTOR<AMES<<<<<<<<<<<<<<<<'],
    ['a header with no issuer', '@\n\x1e\rANSI DAQZ0000001\nDCSTHORNQUIST\n'],
    ['far too much', barcode(CALIFORNIA).padEnd(5_001)],
  ])('%s', (_name, text) => {
    expect(readLicence(text)).toBe('NO_LICENCE');
  });
});

test('any text is read or refused, and a number is never invented', () => {
  const bytes = fc.string({ unit: 'binary', maxLength: 400 });
  const damaged = fc
    .tuple(fc.constantFrom(...Object.values(CARDS)), fc.nat(400), fc.nat(40), bytes)
    .map(([card, at, count, put]) => {
      const text = barcode(card);
      return text.slice(0, at) + put + text.slice(at + count);
    });
  fc.assert(
    fc.property(fc.oneof(bytes, damaged), (text) => {
      const read = readLicence(text);
      if (typeof read === 'string') return;
      if (read.number !== null) expect(text.replace(/\s/g, '').toUpperCase()).toContain(read.number);
      if (read.birthDate !== null) expect(read.birthDate).toMatch(/^(19|20)\d\d-[01]\d-[0-3]\d$/);
    }),
    { numRuns: 2_000 },
  );
});

test('what was written into a card is read from it', () => {
  const letters = fc.stringMatching(/^[A-Z]{1,20}$/).filter((each) => !['NONE', 'UNAV', 'UNAVL'].includes(each));
  const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(letters, letters, fc.stringMatching(/^[A-Z][0-9]{7}$/), days, fc.boolean(), (surname, given, number, day, yearFirst) => {
      const birthDate = day.toISOString().slice(0, 10);
      const [year = '', month = '', date = ''] = birthDate.split('-');
      const DBB = yearFirst ? year + month + date : month + date + year;
      const read = licenceIn(californian({ DAQ: number, DCS: surname, DAC: given, DAD: 'NONE', DBB }));
      expect(read).toMatchObject({ surname, given, number, birthDate });
    }),
  );
});
