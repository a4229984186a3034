// Reads a folder of payloads NAME.EVENT.json, verifies and reads each with @octokit/webhooks again and
// again, and prints a line "NAME MICROSECONDS" of CPU time, the median of some rounds.
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Webhooks } from "@octokit/webhooks";

const SECRET = "It's a Secret to Everybody";
const ROUNDS = 21;
const ROUND = 50_000; // microseconds
const webhooks = new Webhooks({ secret: SECRET });
let received = 0;
webhooks.onAny(() => void received++);

function used() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const folder = process.argv[2];
for (const file of readdirSync(folder).sort()) {
  const [name, event] = file.split(".");
  const payload = readFileSync(join(folder, file), "utf8");
  const signature = "sha256=" + createHmac("sha256", SECRET).update(payload).digest("hex");
  const once = () => webhooks.verifyAndReceive({ id: "d-1", name: event, signature, payload });
  const taken = [];
  for (let round = -3; round < ROUNDS; round++) {
    const start = used();
    let times = 0;
    while (used() - start < ROUND) {
      for (let n = 0; n < 20; n++) await once();
      times += 20;
    }
    if (round >= 0) taken.push((used() - start) / times);
  }
  taken.sort((one, other) => one - other);
  console.log(name, taken[ROUNDS >> 1].toFixed(2));
}
if (received === 0) throw new Error("no handler was called");
