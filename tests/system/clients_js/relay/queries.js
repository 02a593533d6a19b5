/** Queries for relay-compiler; the names begin with that of this file. */
import { graphql } from 'relay-runtime';

export const caught = graphql`
  query queriesCaughtQuery {
    searchPersons(by: { name: { surname: "Thornquist" } }) {
      edges { node { id warrants @catch(to: RESULT) { number } } }
    }
  }
`;

export const thrown = graphql`
  query queriesThrownQuery @throwOnFieldError {
    searchPersons(by: { name: { surname: "Thornquist" } }) {
      edges { node { id warrants { number } } }
    }
  }
`;

export const paged = graphql`
  query queriesPagedQuery($count: Int = 2, $cursor: String) {
    ...queries_people @arguments(count: $count, cursor: $cursor)
  }
`;

export const people = graphql`
  fragment queries_people on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "queriesNextQuery") {
    searchPersons(by: { name: { surname: "Castellanaro" } }, first: $count, after: $cursor)
      @connection(key: "queries_searchPersons") {
      edges { node { id } }
    }
  }
`;

export const vehicles = graphql`
  fragment queries_vehicles on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "queriesVehiclesQuery") {
    searchVehicles(by: { make: TOYT }, first: $count, after: $cursor) @connection(key: "queries_searchVehicles") {
      edges { node { vin } }
    }
  }
`;

export const inquiries = graphql`
  fragment queries_inquiries on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "queriesInquiriesQuery") {
    inquiries(first: $count, after: $cursor) @connection(key: "queries_inquiries") {
      edges { node { user } }
    }
  }
`;

export const missing = graphql`
  fragment queries_missing on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "queriesMissingQuery") {
    searchMissingPersons(by: { sex: F }, first: $count, after: $cursor)
      @connection(key: "queries_searchMissingPersons") {
      edges { node { number } }
    }
  }
`;

export const unidentified = graphql`
  fragment queries_unidentified on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "queriesUnidentifiedQuery") {
    unidentifiedPersons(by: { sex: F }, first: $count, after: $cursor) @connection(key: "queries_unidentifiedPersons") {
      edges { node { number } }
    }
  }
`;
