/** GraphiQL's "Merge fragments", which by itself drops the directives of a spread, and so asks for more than was written. */

import { Kind, visit, type DocumentNode, type FragmentDefinitionNode, type SelectionNode } from 'graphql';

/** The document with each spread replaced by the fragment itself, under the directives of both. */
export function mergeAst(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  }

  /** Replaces the spreads inside a node. `outer` are the fragments that it is in: a spread of one of them stays. */
  function merge<Node extends DocumentNode | SelectionNode>(node: Node, outer: readonly string[]): Node {
    return visit(node, {
      FragmentSpread: {
        // Once it is left, the visitor does not enter what has replaced it.
        leave({ name, directives = [] }) {
          const fragment = fragments.get(name.value);
          if (!fragment || outer.includes(name.value)) return undefined;
          const { typeCondition, selectionSet, directives: ofFragment = [] } = fragment;
          const selections = selectionSet.selections.map((each) => merge(each, [...outer, name.value]));
          return {
            kind: Kind.INLINE_FRAGMENT,
            typeCondition,
            directives: [...directives, ...ofFragment],
            selectionSet: { ...selectionSet, selections },
          };
        },
      },
    });
  }

  const merged = merge(document, []);
  return { ...merged, definitions: merged.definitions.filter((each) => each.kind !== Kind.FRAGMENT_DEFINITION) };
}
