/** Queries with deferred fragments, for relay-compiler; the names begin with that of this file. */
import { graphql } from 'relay-runtime';

export const stop = graphql`
  query partsStopQuery($parts: Boolean!) {
    person(id: "P0000001") {
      id name { full }
      ...parts_wanted @defer(if: $parts)
      ...parts_history @defer(if: $parts)
    }
  }
`;

export const wanted = graphql`
  fragment parts_wanted on Person @catch(to: RESULT) { warrants { number offense } vehicles { vin } }
`;

export const history = graphql`
  fragment parts_history on Person @catch(to: RESULT) { ssn criminalHistory { cycles { arrestedOn charges { offense } } } }
`;

export const list = graphql`
  query partsListQuery($parts: Boolean!) {
    searchPersons(by: { name: { surname: "Castellanaro" } }) {
      total
      edges { node { id ...parts_wanted @defer(if: $parts) } }
    }
  }
`;

export const nested = graphql`
  query partsNestedQuery($parts: Boolean!) {
    person(id: "P0000001") { id ...parts_outer @defer(if: $parts) @arguments(parts: $parts) }
  }
`;

export const outer = graphql`
  fragment parts_outer on Person @argumentDefinitions(parts: { type: "Boolean!" }) {
    ssn
    warrants { number subject { id ...parts_inner @defer(if: $parts) } }
  }
`;

export const inner = graphql`
  fragment parts_inner on Person { ssn vehicles { vin } firearms { serial } }
`;

export const overlap = graphql`
  query partsOverlapQuery($parts: Boolean!) {
    person(id: "P0000001") {
      id ssn name { full } vehicles { vin } warrants { number }
      ...parts_again @defer(if: $parts)
    }
  }
`;

export const again = graphql`
  fragment parts_again on Person { ssn name { surname } vehicles { vin } warrants { number offense } protectiveOrders { number } }
`;

export const historyAlone = graphql`
  query partsHistoryQuery {
    person(id: "P0000001") { id ...parts_late @defer }
  }
`;

export const late = graphql`
  fragment parts_late on Person { criminalHistory { cycles { arrestedOn } } }
`;
