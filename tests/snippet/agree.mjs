// Reads JSON lines {regime, policy, signals, stored, version, now}, prints decide()'s answer to each: the server's twin is compared with it on random input.
import { createInterface } from "node:readline";
import { decide } from "../../static/snippet/decide.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { regime, policy, signals, stored, version, now } = JSON.parse(line);
  console.log(JSON.stringify(decide(regime, policy, signals, stored, version, now)));
}
