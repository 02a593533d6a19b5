/**
 * Hive Gateway 2, second step: `hive-gateway supergraph` serves what mesh.config.mjs composed.
 *
 * The gateway drops `@inquiry`, so its clients send `extensions.inquiry`, and the plugin passes that on.
 * The gateway drops the `extensions` of replies, so its clients select `inquiryStatus` in the same operation.
 * `deduplicateInflightRequests: false`: by default, equal requests at the same time are one inquiry in the journal.
 */
const passInquiry = {
  onSubgraphExecute({ executionRequest }) {
    const inquiry = executionRequest.context.params.extensions?.inquiry;
    executionRequest.extensions = { ...executionRequest.extensions, inquiry };
  },
};

export const gatewayConfig = {
  supergraph: './supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
  },
  transportEntries: { needtoknow: { options: { deduplicateInflightRequests: false } } },
  plugins: () => [passInquiry],
};
