// A webhook gateway of the shape people write today: Express, the raw body, an HMAC, JSON.parse, one
// INSERT for each delivery through a pool of ten connections, and the answer when it is durable.
import { createHmac, timingSafeEqual } from "node:crypto";
import express from "express";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const secret = process.env.GITHUB_WEBHOOK_SECRET;
const VTID = /[A-Z]{2,8}-[A-Z]{2,8}-\d{4,6}/;
const INSERT = {
  name: "insert",
  text: `INSERT INTO deliveries
    (id, vtid, layer, module, source, kind, status, title, ref, link, meta, delivery_id)
    VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (source, delivery_id) DO NOTHING RETURNING position`,
};

function isGenuine(body, signature) {
  const expected = Buffer.from("sha256=" + createHmac("sha256", secret).update(body).digest("hex"));
  const given = Buffer.from(signature ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function normalise(kind, payload) {
  const about = payload[kind] ?? payload;
  const ref = about.head_branch ?? about.check_suite?.head_branch ?? about.head?.ref ?? payload.ref ?? null;
  const text = [about.title, ref, ...(payload.commits ?? []).map((commit) => commit.message), about.name];
  const vtid = text.map((one) => VTID.exec(one ?? "")?.[0]).find(Boolean) ?? "UNSET";
  const layer = vtid === "UNSET" ? "CICDL" : vtid.split("-")[1];
  const action = (payload.action ?? "received").toUpperCase();
  return {
    vtid, layer, module: kind.toUpperCase(), source: "github.actions", kind, ref,
    status: about.conclusion ?? about.status ?? "info",
    title: `${layer}-${kind.toUpperCase()}-${action}`,
    link: about.html_url ?? payload.compare ?? null,
    meta: { repository: payload.repository?.full_name, sha: about.head_sha ?? payload.after, actor: payload.sender?.login },
  };
}

const app = express();
app.get("/ready", (_request, response) => response.send("ready"));
app.post("/webhooks/github", express.raw({ type: "*/*", limit: "25mb" }), async (request, response) => {
  if (!isGenuine(request.body, request.get("x-hub-signature-256"))) {
    return response.status(401).json({ ok: false });
  }
  const e = normalise(request.get("x-github-event"), JSON.parse(request.body));
  const values = [e.vtid, e.layer, e.module, e.source, e.kind, e.status, e.title, e.ref, e.link, e.meta, request.get("x-github-delivery")];
  const { rows } = await pool.query({ ...INSERT, values });
  response.json({ ok: true, position: rows[0]?.position, vtid: e.vtid, title: e.title, duplicate: rows.length === 0 });
});
const [host, port] = process.env.LISTEN.split(":");
app.listen(Number(port), host);
