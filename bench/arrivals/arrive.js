// What k6 does for each arrival: ask, and write one line about the answer. bench/arrivals/k6.py reads the lines.
import { SharedArray } from "k6/data";
import exec from "k6/execution";
import http from "k6/http";

const job = JSON.parse(open(__ENV.JOB));
// Each in an object: what is taken from here is frozen first, and a string alone letter by letter, for half of k6's CPU.
const bodies = new SharedArray("bodies", () => JSON.parse(open(__ENV.BODIES)).map((body) => ({ body })));
const ID = '"inquiry":{"id":"';

export const options = {
  scenarios: {
    arrivals: {
      executor: "constant-arrival-rate",
      rate: job.rate,
      timeUnit: "1s",
      duration: `${job.seconds}s`,
      preAllocatedVUs: job.waiting,
      maxVUs: job.waiting,
      gracefulStop: `${job.grace_s}s`,
    },
  },
  thresholds: { dropped_iterations: ["count==0"] },
  // Nobody reads k6's own samples; untagged, they cost the machine least.
  systemTags: [],
};

const hex = (number) => number.toString(16).padStart(16, "0");

export default function () {
  const place = exec.scenario.iterationInTest;
  const { body } = bodies[(job.first + place) % bodies.length];
  const headers = { ...job.headers, traceparent: `00-${job.trace}${hex(place)}-${hex(place + 1)}-01` };
  const parameters = { headers, timeout: `${job.grace_s}s` };
  // Of all the clocks here only the progress is finer than a millisecond and begins with the scenario.
  const sent = exec.scenario.progress * job.seconds * 1000;
  const reply = http.post(job.url, body, parameters);
  const { blocked, connecting, duration } = reply.timings;
  const text = reply.body || "";
  const codes = text.includes('"errors"') ? codesOf(text) : reply.status === 200 ? "" : reply.error_code || "HTTP";
  const at = text.lastIndexOf(ID);
  const id = at < 0 ? "" : text.slice(at + ID.length, text.indexOf('"', at + ID.length));
  console.log(["answer", place, sent, blocked + connecting + duration, reply.status, codes, id].join("\t"));
}

// Once each: a hundred nulls for one source that is down are one failure of this answer.
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
