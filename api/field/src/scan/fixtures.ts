/** Barcodes of invented licences, written as the standard's versions write them. */

type Elements = Record<string, string>;

interface Card {
  issuer: string;
  version: number;
  elements: Elements;
  /** The type of its first subfile: a driver's licence or an identification card. */
  type?: 'DL' | 'ID';
  fileType?: 'ANSI ' | 'AAMVA';
}

const FIRST_VERSION_WITH_REVISION = 2;

/** The text of a card: header, the card's subfile, and one of its state. */
export function barcode({ issuer, version, elements, type = 'DL', fileType = 'ANSI ' }: Card): string {
  const subfile = `${type}${lines(elements)}\r`;
  const state = `ZVZVA01\r`;
  const revision = version < FIRST_VERSION_WITH_REVISION ? '' : '01';
  const head = `@\n\x1e\r${fileType}${issuer}${digits(version, 2)}${revision}02`;
  const start = head.length + 20;
  const designators = [designator(type, start, subfile), designator('ZV', start + subfile.length, state)];
  return head + designators.join('') + subfile + state;
}

function lines(elements: Elements): string {
  return Object.entries(elements)
    .map(([id, value]) => `${id}${value}`)
    .join('\n');
}

const designator = (type: string, offset: number, subfile: string) =>
  `${type}${digits(offset, 4)}${digits(subfile.length, 4)}`;

const digits = (value: number, count: number) => String(value).padStart(count, '0');

export const VICTOR = { surname: 'THORNQUIST', given: 'VICTOR AMES', birthDate: '1987-03-14', sex: 'M' } as const;

const ADDRESS = { DAG: '1 INVENTED ST', DAI: 'TESTVILLE', DAK: '900010000  ' };
const REST = { DBA: '03142029', DAU: '070 in', DAY: 'BRO', DCF: '00000000', DDAF: '' };
const NAMED = { DCS: 'THORNQUIST', DDE: 'N', DAC: 'VICTOR', DDF: 'N', DAD: 'AMES', DDG: 'N' };
const BORN = { DBB: '03141987', DBC: '1' };

export const CALIFORNIA: Card = {
  issuer: '636014',
  version: 10,
  elements: { DAQ: 'Z0000001', ...NAMED, ...BORN, ...ADDRESS, DAJ: 'CA', DCG: 'USA', ...REST },
};

export const NEVADA: Card = {
  issuer: '636049',
  version: 8,
  elements: { DCA: 'C', DCB: 'NONE', DBA: '03142029', ...NAMED, ...BORN, ...ADDRESS, DAJ: 'CA', DAQ: '1400000001' },
};

/** Version 4 of New York, with an identification card. */
export const NEW_YORK: Card = {
  issuer: '636001',
  version: 4,
  type: 'ID',
  elements: { DAQ: '000 000 001', ...NAMED, ...BORN, ...ADDRESS, DAJ: 'NY' },
};

/** Version 3 has one element for all given names. */
export const TEXAS: Card = {
  issuer: '636015',
  version: 3,
  elements: { DCA: 'C', DCS: 'THORNQUIST', DCT: 'VICTOR,AMES', ...BORN, DBC: '1', DAQ: '00000001', DAJ: 'TX' },
};

/** Version 2 separates given names with a space. */
export const OHIO: Card = {
  issuer: '636023',
  version: 2,
  elements: { DAQ: 'AB000001', DCS: 'THORNQUIST', DCT: 'VICTOR AMES', ...BORN, DAJ: 'OH' },
};

/** Version 1 has the whole name in one element, a letter for the sex, and the year first. */
export const SOUTH_CAROLINA: Card = {
  issuer: '636005',
  version: 1,
  elements: { DAA: 'THORNQUIST,VICTOR,AMES,JR', DAQ: '000000001', DBB: '19870314', DBC: 'M', DAO: 'SC' },
};

/** Version 1 of a state that also writes the parts of the name. */
export const FLORIDA: Card = {
  issuer: '636010',
  version: 1,
  fileType: 'AAMVA',
  elements: { DAB: 'THORNQUIST', DAC: 'VICTOR', DAD: 'AMES', DAQ: 'T000-000-00-001-0', DBB: '19870314', DBC: 'M' },
};

/** Canada writes the year first in every version. */
export const ONTARIO: Card = {
  issuer: '636012',
  version: 9,
  elements: { DAQ: 'T0000-00000-00001', ...NAMED, DBB: '19870314', DBC: '1', DAJ: 'ON', DCG: 'CAN' },
};
