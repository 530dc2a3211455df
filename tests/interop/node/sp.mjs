// The SAML class of node-saml, for a test to call over standard input and output.
//
// The first line in holds its options. Each line after that holds [method, ...arguments], and is
// answered by one line: {"result": ...}, or {"error": "its message"} where node-saml refuses.

import { createInterface } from "node:readline";
import { SAML } from "@node-saml/node-saml";

let saml;

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (saml === undefined) {
    saml = new SAML(said);
    continue;
  }
  const [method, ...given] = said;
  const answer = {};
  try {
    answer.result = await saml[method](...given);
  } catch (error) {
    answer.error = error.message;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
