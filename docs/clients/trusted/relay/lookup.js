/** A stated inquiry, and pages that take theirs from the request; names begin with that of this file. */
import { graphql } from 'relay-runtime';

export const stop = graphql`
  query lookupStopQuery($id: ID!) @inquiry(purpose: C, reason: TRAFFIC_STOP) {
    person(id: $id) { id ssn }
  }
`;

export const paged = graphql`
  query lookupPeopleQuery($count: Int = 1, $cursor: String) @inquiryFromRequest {
    ...lookup_people @arguments(count: $count, cursor: $cursor)
  }
`;

export const people = graphql`
  fragment lookup_people on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
  @refetchable(queryName: "lookupNextQuery", directives: ["@inquiryFromRequest"]) {
    searchPersons(by: { name: { surname: "Castellanaro" } }, first: $count, after: $cursor)
      @connection(key: "lookup_searchPersons") {
      edges { node { id } }
    }
  }
`;
