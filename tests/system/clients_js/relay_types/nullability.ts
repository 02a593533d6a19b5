/** A query whose generated types show which fields relay-compiler takes for non-null. */
import { graphql } from 'relay-runtime';

export const nullability = graphql`
  query nullabilityQuery @throwOnFieldError {
    person(id: "P0000001") { id ssn warrants { number bailCents } }
  }
`;
