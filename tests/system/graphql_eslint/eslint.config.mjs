/**
 * graphql-eslint over the printed schema: all of its rules for schemas, and those for Relay.
 *
 * A rule is off, or has an option, for one of the reasons here. An exception is one message of a rule that stays on. One that
 * is needed no more is an error too.
 */
import graphqlESLint from '@graphql-eslint/eslint-plugin';

const OFF = {
  // Fields stand in the order in which a reader wants them: tests/schema/test_contract.py.
  alphabetize: 'off',
  // A record's number may be withheld, so it is nullable; what belongs to a record has no number of its own.
  'strict-id-in-types': 'off',
};

const OPTIONS = {
  // The parts of a record, such as the charges of an arrest, come whole: a page of them could hide the gravest.
  'relay-edge-types': { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
  // Nothing is changed by an operation. What happens to a record can be watched.
  'no-root-type': { disallow: ['mutation'] },
  // Pages go forward only. To go back, a client keeps the cursors that it had.
  'relay-arguments': { includeBoth: false },
};

const EXCEPTIONS = [
  // The members of the union of things agree on the types of their fields, and vehicle parts have a `category` too.
  ['no-typename-prefix', /"article(Category|Type)" starts with the name of the parent type "Article"/],
  // The type of an entry and that of the end of a report: their names begin as these words do, and mean nothing else.
  ['no-typename-prefix', /"enteredAt" starts with the name of the parent type "Entered"/],
  ['no-typename-prefix', /"foundOn" starts with the name of the parent type "Found"/],
  // A page is never withheld as a whole, and what is on it is. A caller may always know what is said of themselves.
  ['require-nullable-result-in-root', /"(Caller|InquiryStatus|\w+Connection)" in type "Query"/],
];

const named = (rules) =>
  Object.fromEntries(Object.entries(rules).map(([name, value]) => [`@graphql-eslint/${name}`, value]));

const exceptions = {
  meta: { name: 'exceptions', version: '1' },
  preprocess: (text) => [text],
  postprocess(lists) {
    const needed = new Set();
    const found = lists.flat().filter(({ ruleId, message }) => {
      const index = EXCEPTIONS.findIndex(([rule, text]) => ruleId === `@graphql-eslint/${rule}` && text.test(message));
      needed.add(index);
      return index < 0;
    });
    EXCEPTIONS.forEach(([rule, text], index) => {
      const message = `The exception ${text} from ${rule} is needed no more.`;
      if (!needed.has(index)) found.push({ ruleId: 'exceptions', message, line: 1, column: 1, severity: 2 });
    });
    return found;
  },
};

const { configs, parser, rules } = graphqlESLint;
const all = { ...configs['flat/schema-all'].rules, ...configs['flat/schema-relay'].rules };

export default [
  {
    files: ['schema.graphql'],
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: 'schema.graphql' } } },
    plugins: { '@graphql-eslint': { rules }, needtoknow: { processors: { exceptions } } },
    processor: 'needtoknow/exceptions',
    rules: {
      ...all,
      ...named(OFF),
      ...named(Object.fromEntries(Object.entries(OPTIONS).map(([name, options]) => [name, ['error', options]]))),
    },
  },
];
