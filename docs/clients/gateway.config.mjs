/**
 * Hive Gateway 2: `hive-gateway supergraph` serves what mesh.config.mjs, or a composition of subgraphs, has composed.
 *
 * The gateway drops `@inquiry`, so its clients send `extensions.inquiry`. The plugin passes it on, and `withheld`.
 * The gateway drops the `extensions` of replies, so the plugin gives `extensions.inquiries`: those of each request that
 * the gateway sent. Root fields can also select `inquiryStatus` in the same operation.
 * `deduplicateInflightRequests: false`: by default, equal requests at the same time are one inquiry in the journal.
 */
const inquiries = new WeakMap();

const passExtensions = {
  onExecute({ args }) {
    const collected = [];
    inquiries.set(args.contextValue, collected);
    return {
      onExecuteDone({ result, setResult }) {
        if (collected.length) setResult({ ...result, extensions: { ...result.extensions, inquiries: collected } });
      },
    };
  },
  onSubgraphExecute({ executionRequest, subgraphName }) {
    if (subgraphName !== 'needtoknow') return undefined;
    const { inquiry, withheld } = executionRequest.context.params.extensions ?? {};
    executionRequest.extensions = { ...executionRequest.extensions, inquiry, withheld };
    return ({ result }) => {
      if (result.extensions?.inquiry) inquiries.get(executionRequest.context)?.push(result.extensions.inquiry);
    };
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
