/** Safety banners and the people and vehicles of a response, for those who look before they read. */

export interface SafetyLine {
  words: string;
  rank?: number;
  number?: string | null;
  about?: string;
  act?: string;
}

export interface Banner {
  place: string;
  complete?: boolean;
  lines: SafetyLine[];
  more?: number;
}

export interface Badge {
  text: string;
  level: Level;
}

export interface Card {
  place: string;
  title: string;
  details: string[];
  badges: Badge[];
}

export type Level = 'grave' | 'warn' | 'know';

type Json = { [key: string]: unknown };

const UNCUT_RANK = 3;
const WARNING_RANK = 7;
const IN_FORCE = new Set(['ENFORCE', 'NOTIFY_THEN_ENFORCE', 'ACTIVE']);
const ENTRY_IN_FORCE = new Set(['ACTIVE', 'PENDING_CHECK']);
const GRAVE = new Set(['ARMED_AND_DANGEROUS', 'VIOLENT_TENDENCIES']);

export function levelOf(rank: number | undefined): Level {
  if (rank === undefined) return 'warn';
  return rank <= UNCUT_RANK ? 'grave' : rank <= WARNING_RANK ? 'warn' : 'know';
}

/** The banners of a response, and whether a field stop did not ask for one. */
export function safetyOf(text: string | null): { banners: Banner[]; cards: Card[]; isNotAsked: boolean } {
  const body = parsed(text);
  const banners: Banner[] = [];
  const cards: Card[] = [];
  visit(body?.data, [], (object, path) => {
    const lines = object.lines;
    if (Array.isArray(lines) && lines.every((line) => isObject(line) && typeof line.words === 'string')) {
      banners.push({ ...(object as unknown as Banner), place: path.slice(0, -1).join('.') });
    }
    const card = cardOf(object, path.join('.'));
    if (card) cards.push(card);
  });
  const inquiry = (body?.extensions as Json | undefined)?.inquiry as Json | undefined;
  return { banners, cards, isNotAsked: inquiry?.safety === 'NOT_ASKED' };
}

function parsed(text: string | null): Json | null {
  try {
    return text ? (JSON.parse(text) as Json) : null;
  } catch {
    return null; // The text is a message of GraphiQL's own, not a response.
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function visit(value: unknown, path: string[], each: (object: Json, path: string[]) => void): void {
  if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...path, String(index)], each));
  if (!isObject(value)) return;
  each(value, path);
  for (const [key, inside] of Object.entries(value)) visit(inside, [...path, key], each);
}

/** The card of a person, who has a name, or of a vehicle or a firearm, which have a make. */
function cardOf(object: Json, place: string): Card | null {
  const name = isObject(object.name) ? object.name.full : undefined;
  if (typeof name === 'string') {
    return { place, title: name, details: texts(object, ['birthDate', 'sex', 'id']), badges: personBadges(object) };
  }
  if (typeof object.make !== 'string') return null;
  if ('serial' in object) {
    const title = texts(object, ['make', 'model', 'caliber']).map(plainCaliber).join(' ').replaceAll('_', ' ');
    return { place, title, details: texts(object, ['serial', 'id']), badges: reportBadges(object) };
  }
  const title = texts(object, ['color', 'year', 'make', 'model']).join(' ');
  const badges: Badge[] = object.stolen === true ? [{ text: 'STOLEN', level: 'warn' }] : reportBadges(object);
  return { place, title, details: texts(object, ['plate', 'vin']), badges };
}

/** 9 MM for MILLIMETERS_9, .38 for CALIBER_38, 12 GAUGE for GAUGE_12; any other text as it is. */
function plainCaliber(text: string): string {
  return text
    .replace(/^MILLIMETERS_(\d+)$/, '$1 MM')
    .replace(/^CALIBER_(\d+)$/, '.$1')
    .replace(/^GAUGE_(\d+)$/, '$1 GAUGE');
}

/** A badge for each report of a thing that is in force. Without its state, a report is only on file. */
function reportBadges(thing: Json): Badge[] {
  return objectsOrTexts(thing.reports)
    .filter(isObject)
    .filter(({ state }) => state === undefined || ENTRY_IN_FORCE.has(String(state)))
    .map(({ state, status }) => ({
      text: state !== undefined && typeof status === 'string' ? status.replaceAll('_', ' ') : 'REPORT ON FILE',
      level: 'warn',
    }));
}

function personBadges(person: Json): Badge[] {
  const badges: Badge[] = objectsOrTexts(person.cautions).map((code) => ({
    text: String(code).replaceAll('_', ' '),
    level: GRAVE.has(String(code)) ? 'grave' : 'know',
  }));
  if (person.armedAndProhibited === true) badges.push({ text: 'ARMED AND PROHIBITED', level: 'grave' });
  if (objectsOrTexts(person.violentPerson).length || isObject(person.violentPerson)) {
    badges.push({ text: 'VIOLENT PERSON', level: 'grave' });
  }
  const missing = objectsOrTexts(person.missingReports).filter(isObject);
  add(badges, 'MISSING', missing.filter(({ state }) => ENTRY_IN_FORCE.has(String(state))).length);
  add(badges, 'MISSING REPORT ON FILE', missing.filter(({ state }) => typeof state !== 'string').length);
  const warrants = objectsOrTexts(person.warrants).filter(isObject);
  add(badges, 'WANTED', warrants.filter(({ status }) => status === 'ACTIVE').length);
  add(badges, 'WARRANT ON FILE', warrants.filter(({ status }) => typeof status !== 'string').length);
  const orders = objectsOrTexts(person.protectiveOrders).filter(isObject);
  const isSaid = ({ enforcement, status }: Json) => typeof (enforcement ?? status) === 'string';
  const isInForce = ({ enforcement, status }: Json) => IN_FORCE.has(String(enforcement ?? status));
  add(badges, 'ORDER IN FORCE', orders.filter(isInForce).length);
  add(badges, 'ORDER ON FILE', orders.filter((order) => !isSaid(order)).length);
  return badges;
}

function add(badges: Badge[], word: string, count: number): void {
  if (count > 0) badges.push({ text: count > 1 ? `${word} × ${count}` : word, level: 'warn' });
}

function objectsOrTexts(value: unknown): unknown[] {
  return Array.isArray(value) ? value.filter((each) => each !== null) : [];
}

function texts(object: Json, names: string[]): string[] {
  return names.map((name) => object[name]).filter((each) => each !== null && each !== undefined).map(String);
}
