// k6 script: one request for each arrival, and one log line for its response. bench/arrivals/k6.py reads the lines.
import { SharedArray } from "k6/data";
import exec from "k6/execution";
import http from "k6/http";

const job = JSON.parse(open(__ENV.JOB));
// Wrapped in objects: k6 deep-freezes what is read, and a bare string letter by letter, which took half of k6's CPU.
const bodies = new SharedArray("bodies", () => JSON.parse(open(__ENV.BODIES)).map((body) => ({ body })));
const ID = '"inquiry":{"id":"';

export const options = {
  scenarios: {
    arrivals: {
      executor: "constant-arrival-rate",
      rate: job.rate,
      timeUnit: "1s",
      duration: `${job.seconds}s`,
      preAllocatedVUs: job.vus,
      maxVUs: job.vus,
      gracefulStop: `${job.grace_s}s`,
    },
  },
  thresholds: { dropped_iterations: ["count==0"] },
  // k6's own samples are not used; without tags they cost least.
  systemTags: [],
};

const hex = (number) => number.toString(16).padStart(16, "0");

export default function () {
  const index = exec.scenario.iterationInTest;
  const { body } = bodies[(job.first + index) % bodies.length];
  const headers = { ...job.headers, traceparent: `00-${job.trace}${hex(index)}-${hex(index + 1)}-01` };
  const parameters = { headers, timeout: `${job.grace_s}s` };
  // Of k6's clocks, only the progress is finer than a millisecond and begins with the scenario.
  const sent = exec.scenario.progress * job.seconds * 1000;
  const response = http.post(job.url, body, parameters);
  const { blocked, connecting, duration } = response.timings;
  const text = response.body || "";
  const codes = text.includes('"errors"') ? codesOf(text) : response.status === 200 ? "" : response.error_code || "HTTP";
  const start = text.lastIndexOf(ID) + ID.length;
  const id = start < ID.length ? "" : text.slice(start, text.indexOf('"', start));
  console.log(["response", index, sent, blocked + connecting + duration, response.status, codes, id].join("\t"));
}

// Each code once: a hundred nulls because one source is down are one failure of this response.
function codesOf(text) {
  try {
    const codes = (JSON.parse(text).errors || []).map((error) => (error.extensions || {}).code || "NO_CODE");
    return [...new Set(codes)].join(",");
  } catch {
    return "NOT_JSON";
  }
}

export function handleSummary({ metrics }) {
  const dropped = metrics.dropped_iterations ? metrics.dropped_iterations.values.count : 0;
  return { [job.summary]: JSON.stringify({ dropped }) };
}
