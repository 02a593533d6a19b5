/** A plugin of graphql-codegen: the words of the schema for codes that an officer reads, so that the app has none of its own. */

const CODES = [
  'EyeColor',
  'HairColor',
  'Race',
  'ReasonCode',
  'RecordClass',
  'Sex',
  'VehicleColor',
  'VehicleMake',
  'VehicleStyle',
];
/** Enums that no document selects as a field, but whose codes come in `extensions.inquiry`. */
const TYPES = ['AnswerStatus'];

/** "Sedan, four doors" of "Sedan, four doors (code 4D)." */
const words = (description) => description.replace(/\s*\(code \w+\)/, '').replace(/\.$/, '');

export function plugin(schema) {
  const tables = CODES.map((name) => {
    const lines = schema
      .getType(name)
      .getValues()
      .map((each) => `    ${each.name}: ${JSON.stringify(words(each.description))},`);
    return `  ${name}: {\n${lines.join('\n')}\n  },`;
  });
  const types = TYPES.map((name) => {
    const codes = schema
      .getType(name)
      .getValues()
      .map((each) => `'${each.name}'`);
    return `export type ${name} = ${codes.join(' | ')};\n`;
  });
  return `${types.join('')}\n/** Words of the schema for its codes. */\nexport const WORDS = {\n${tables.join('\n')}\n} as const;\n`;
}
