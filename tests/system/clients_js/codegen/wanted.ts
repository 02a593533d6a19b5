/** What a typed document of graphql-codegen gives with graphql-request while a source is down. */
import { needtoknow } from '../docs/graphql_request.mjs';
import type { AnswerStatus, WantedQuery, WantedQueryVariables } from './gql/graphql.js';
import { graphql } from './gql/index.js';

const WANTED = graphql(`
  query Wanted($id: ID!) @inquiry(purpose: C, reason: INVESTIGATION) {
    person(id: $id) { id birthDate ssn warrants { number bailCents } }
    sources { lastAnswer }
    inquiryStatus { sources { name status } }
  }
`);

declare const process: { argv: string[] };
const [url, token] = process.argv.slice(2);
const { data, errors } = await needtoknow(url, token).rawRequest<WantedQuery, WantedQueryVariables>(WANTED.toString(), {
  id: 'P0000001',
});

const born: string | null | undefined = data.person?.birthDate;
const answers: (string | null)[] = data.sources.map(({ lastAnswer }) => lastAnswer);
const bail: (number | null)[] | undefined = data.person?.warrants?.map(({ bailCents }) => bailCents);
const down: AnswerStatus = 'DOWN';
console.log(
  JSON.stringify({
    born,
    answers: answers.length,
    bail: bail ?? null,
    errors: errors?.map(({ path, extensions }) => ({ path, code: extensions['code'] })),
    down: data.inquiryStatus.sources.filter(({ status }) => status === down).map(({ name }) => name),
  }),
);
