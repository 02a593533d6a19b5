import { describe, expect, test } from 'vitest';

import { barcode, CALIFORNIA, NEVADA, VICTOR } from './fixtures';
import { readScan } from './scan';

const without = (...ids: string[]) => ({
  ...CALIFORNIA,
  elements: Object.fromEntries(Object.entries(CALIFORNIA.elements).filter(([id]) => !ids.includes(id))),
});

test('a licence of a connected state is asked by number and state', () => {
  expect(readScan(barcode(CALIFORNIA), ['CA'])).toEqual({
    kind: 'number',
    sentence: 'California licence Z0000001. Compare it with the card.',
    driverLicense: { number: 'Z0000001', state: 'CA' },
  });
});

test('a licence of another state says that its DMV is not connected', () => {
  expect(readScan(barcode(NEVADA), ['CA'])).toEqual({
    kind: 'name',
    sentence:
      'This licence is from Nevada, whose DMV is not connected here: its records are not checked. ' +
      'Search by name and birth date.',
    name: VICTOR,
  });
});

test('a licence of an unknown issuer is never asked by number', () => {
  expect(readScan(barcode({ ...CALIFORNIA, issuer: '999999' }), ['CA'])).toMatchObject({ kind: 'name', name: VICTOR });
});

test('a licence without a number that can be read leads to the name', () => {
  expect(readScan(barcode(without('DAQ')), ['CA'])).toMatchObject({
    kind: 'name',
    sentence: 'The licence number could not be read. Search by name and birth date.',
  });
});

test('a missing birth date is said', () => {
  const scan = readScan(barcode(without('DAQ', 'DBB')), ['CA']);
  expect(scan.sentence).toMatch(/the scan has no birth date\.$/);
});

describe('what cannot be read is said in a sentence that repeats none of it', () => {
  test.each([
    ['nonsense', 'SECRET 4006381333931'],
    ['two scans', barcode(CALIFORNIA) + barcode(CALIFORNIA)],
    ['one line', barcode(CALIFORNIA).replace(/[\n\r\x1e]/g, '')],
    ['a scan that was cut off', barcode(without('DAQ', 'DCS'))],
    ['another state without a name', barcode({ ...NEVADA, elements: { DAQ: '1400000001' } })],
  ])('%s', (_name, text) => {
    const scan = readScan(text, ['CA']);
    expect(scan.kind).toBe('unreadable');
    expect(scan.sentence).toMatch(/\.$/);
    expect(scan.sentence).not.toMatch(/SECRET|4006|Z0000001|1400|THORN/);
  });
});
