// The SPARQL endpoint: a query goes out, rows, a graph or a problem comes back.

const LONGEST_ADDRESS = 6000; // longer queries go in the body; an address can be kept and compared
const MOST_CHARACTERS = 30_000_000; // of an answer that a page can show; what is longer can be downloaded
const TAKES = "application/sparql-results+json, text/turtle;q=0.9";
const BETWEEN_ROWS = '}},{"'; // the service's JSON has it once a row; inside a value its quote would be escaped

/** Why there is no answer, as the service says it (RFC 9457). */
export class Problem extends Error {
  constructor(status, members) {
    super(members.detail ?? members.title ?? `the service answered ${status}`);
    this.status = status;
    this.line = members.line;
    this.column = members.column;
    this.token = members.token;
  }
}

/**
 * Ask a query.
 *
 * @param {string} address of the endpoint, with parameters that go with each query
 * @param {string} query its text
 * @param {AbortSignal} [signal] closes the connection, at which the service ends the query
 * @returns {Promise<{boolean?: boolean, result?: {vars: string[], rows: object[]}, turtle?: string, isCut: boolean,
 *   serverMs: number|null, version: string}>} exactly one of `boolean`, `result` and `turtle`
 */
export async function ask(address, query, signal) {
  const response = await send(new URL(address, location.href), query, signal);
  if (!response.ok) throw new Problem(response.status, await members(response));
  const { text, isCut } = await readText(response);
  const told = { isCut, serverMs: serverTime(response.headers.get("server-timing") ?? "") };
  const type = response.headers.get("content-type") ?? "";
  return { ...told, ...(type.startsWith("application/sparql-results+json") ? solutions(text, isCut) : { turtle: text }) };
}

/**
 * Return the address at which the answer to a query can be downloaded; null where the query is too long for one.
 *
 * @param {string} address of the endpoint, with parameters that go with each query
 */
export function addressOfAnswer(address, query, format) {
  const found = new URL(address, location.href);
  found.searchParams.set("query", query);
  found.searchParams.set("format", format);
  return found.href.length <= LONGEST_ADDRESS ? found.href : null;
}

/** Return the answer to a query in a format, as a file; for those that `addressOfAnswer` has no address for. */
export async function fileOfAnswer(address, query, format) {
  const found = new URL(address, location.href);
  found.searchParams.set("format", format);
  const response = await post(found, query, {});
  if (!response.ok) throw new Problem(response.status, await members(response));
  return response.blob();
}

function send(address, query, signal) {
  const headers = { Accept: TAKES };
  const inAddress = new URL(address);
  inAddress.searchParams.set("query", query);
  if (inAddress.href.length <= LONGEST_ADDRESS) return fetch(inAddress, { headers, signal });
  return post(address, query, { headers, signal });
}

function post(address, query, { headers = {}, signal }) {
  return fetch(address, { method: "POST", headers: { ...headers, "Content-Type": "application/sparql-query" }, body: query, signal });
}

async function members(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

async function readText(response) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isCut: false };
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST_CHARACTERS) {
      await reader.cancel();
      return { text, isCut: true };
    }
  }
}

function solutions(text, isCut) {
  const whole = isCut ? `${text.slice(0, text.lastIndexOf(BETWEEN_ROWS))}}}]}}` : text;
  const read = JSON.parse(whole);
  if ("boolean" in read) return { boolean: read.boolean };
  return { result: { vars: read.head.vars ?? [], rows: read.results.bindings } };
}

/** Return the milliseconds that Server-Timing tells; 0 where the answer was kept, null where it tells nothing. */
function serverTime(header) {
  if (header.startsWith("cache")) return 0;
  const duration = /dur=([\d.]+)/.exec(header);
  return duration ? Number(duration[1]) : null;
}
