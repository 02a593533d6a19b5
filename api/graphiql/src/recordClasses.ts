/** Writes the record classes of types and fields into their descriptions. Introspection leaves directives out. */

import { Kind, parse, type ConstDirectiveNode, type IntrospectionSchema } from 'graphql';

const ROOT_TEXT =
  'An operation that reads a record says why, with `@inquiry(purpose: …, reason: …)`: *Codes*, in the bar above, explains them. ' +
  'The description of each field ends with the record class that its caller needs.';

/** graphql-js declares them read-only, but they are ours until GraphiQL has them. */
type Described = { description?: string | null };

export function describeRecordClasses(schema: IntrospectionSchema, sdl: string): void {
  (schema as Described).description ??= ROOT_TEXT;
  const types = new Map(schema.types.map((type) => [type.name, type]));
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const type = types.get(definition.name.value);
    if (type?.kind !== 'OBJECT') continue;
    const ofType = classesIn(definition.directives);
    append(type, ofType, 'of each field that names no other');
    const labels = new Map(definition.fields?.map(({ name, directives }) => [name.value, classesIn(directives)]));
    for (const field of type.fields) {
      const own = labels.get(field.name) ?? [];
      append(field, own.length > 0 ? own : ofType);
    }
  }
}

function classesIn(directives: readonly ConstDirectiveNode[] = []): string[] {
  return directives
    .filter(({ name }) => name.value === 'needToKnow')
    .flatMap(({ arguments: given = [] }) => given.map(({ value }) => (value.kind === Kind.ENUM ? value.value : '')));
}

function append(described: Described, classes: string[], addition = ''): void {
  if (classes.length === 0) return;
  const names = classes.map((name) => `\`${name}\``).join(' and ');
  // In the same paragraph: lists of fields show the first one only.
  const text = `*Record class${addition && ` ${addition}`}:* ${names}.`;
  described.description = [described.description, text].filter(Boolean).join(' ');
}
