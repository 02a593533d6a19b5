// An OpenID provider over https on a free port, at which people sign in: the code flow with PKCE, without a secret.
//
//   node people.mjs CERTIFICATE KEY PEOPLE
//
// PEOPLE is a JSON file of the claims of each person's tokens: {"lee": {"name": "Sam Lee", …}}. `acr` and `auth_time` are
// those of the sign-in. The page has two buttons for each person: with one factor, and with two. The client `field` gets
// no refresh tokens, and `field-long` does. Its first line of output is its address.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider, { interactionPolicy } from "oidc-provider";

const [certificate, key, file] = process.argv.slice(2);
const people = JSON.parse(readFileSync(file, "utf8"));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const signingKey = { ...privateKey.export({ format: "jwk" }), kid: "signing", use: "sig", alg: "RS256" };

const API = "urn:needtoknow";
const client = (client_id, ...more) => ({
  client_id,
  // Native, so that any port of this machine fits.
  application_type: "native",
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", ...more],
  response_types: ["code"],
  redirect_uris: ["http://127.0.0.1/field/callback"],
  post_logout_redirect_uris: ["http://127.0.0.1/field/callback"],
});

const policy = interactionPolicy.base();
policy.remove("consent");
policy.get("login").checks.add(
  new interactionPolicy.Check("second_factor", "a second factor is asked for", ({ oidc: { params, session } }) =>
    params.acr_values?.split(" ").includes("aal2") && session.acr !== "aal2"
      ? interactionPolicy.Check.REQUEST_PROMPT
      : interactionPolicy.Check.NO_NEED_TO_PROMPT,
  ),
);

const buttons = Object.entries(people).flatMap(([person, { name }]) =>
  ["aal1", "aal2"].map((acr) => `<p><button name="as" value="${person} ${acr}">${name}, ${acr}</button>`),
);
const page = `<!doctype html><title>Sign in</title><link rel="icon" href="data:,"><form method="post">${buttons.join("")}</form>`;

async function interact(provider, request, response) {
  if (request.method === "GET") return response.setHeader("content-type", "text/html").end(page);
  let body = "";
  for await (const chunk of request) body += chunk;
  const [accountId, acr] = new URLSearchParams(body).get("as").split(" ");
  await provider.interactionFinished(request, response, { login: { accountId, acr } });
}

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
server.listen(0, "127.0.0.1", () => {
  const issuer = `https://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    acrValues: ["aal1", "aal2"],
    clientBasedCORS: () => true,
    clients: [client("field"), client("field-long", "refresh_token")],
    cookies: { keys: ["a key of this test"] },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "",
          audience: "needtoknow",
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    formats: {
      customizers: {
        jwt: ({ oidc: { entities } }, token, jwt) => {
          const { acr, authTime } = entities.AuthorizationCode ?? entities.RefreshToken;
          Object.assign(jwt.payload, people[token.accountId], { acr, auth_time: authTime });
        },
      },
    },
    interactions: { policy, url: (_, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: (_, { clientId }) => clientId === "field-long",
    jwks: { keys: [signingKey] },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      grant.addResourceScope(API, "");
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();
  server.on("request", (request, response) =>
    request.url.startsWith("/interaction/") ? interact(provider, request, response) : callback(request, response),
  );
  console.log(issuer);
});
