/**
 * Hive Gateway 2, second step: `hive-gateway supergraph` serves what mesh.config.mjs composed.
 *
 * The gateway drops `@inquiry`, so its clients send `extensions.inquiry`. The plugin passes it on, and `withheld`.
 * The gateway drops the `extensions` of replies, so its clients select `inquiryStatus` in the same operation.
 * `deduplicateInflightRequests: false`: by default, equal requests at the same time are one inquiry in the journal.
 */
const passExtensions = {
  onSubgraphExecute({ executionRequest }) {
    const { inquiry, withheld } = executionRequest.context.params.extensions ?? {};
    executionRequest.extensions = { ...executionRequest.extensions, inquiry, withheld };
  },
};

export const gatewayConfig = {
  supergraph: './supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
  },
  transportEntries: { needtoknow: { options: { deduplicateInflightRequests: false } } },
  plugins: () => [passExtensions],
};
