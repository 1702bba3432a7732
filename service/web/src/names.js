// Names of things: IRIs in short form, and where they are shown.

export const BASE = "https://w3id.org/coorbit/";
const LOCAL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u;

/** Return the end of the name of a thing of the dataset, as forms take it: `actor/chn`; any other IRI as it is. */
export function endOf(iri) {
  return iri.startsWith(`${BASE}id/`) ? iri.slice(BASE.length + 3) : iri;
}

/** Prefixes of the dataset, and the root of its pages. */
export class Names {
  /**
   * @param {string} root path that stands before those of our pages
   * @param {Map<string, string>} prefixes name to namespace
   * @param {string} kept language and version that were chosen for the page, as links to data have them: `lang=fr&version=1`
   */
  constructor(root, prefixes, kept = "") {
    Object.assign(this, { root, prefixes, kept });
    this.longestFirst = [...prefixes].sort((one, other) => other[1].length - one[1].length);
  }

  /** Return prefix and local name of an IRI; null where no prefix gives it a name that SPARQL reads. */
  split(iri) {
    const found = this.longestFirst.find(([, namespace]) => iri.startsWith(namespace));
    const local = found && iri.slice(found[1].length);
    return found && LOCAL.test(local) ? [found[0], local] : null;
  }

  /** Return an IRI as people read it: a prefixed name, else the IRI. */
  short(iri) {
    return this.split(iri)?.join(":") ?? iri;
  }

  /** Return where a thing is shown: our page of it, its own address; null where that is no address on the web. */
  address(iri) {
    if (!iri.startsWith(BASE)) return /^https?:\/\//.test(iri) ? iri : null;
    const [path, ...fragment] = encodeURI(iri.slice(BASE.length)).replaceAll("%25", "%").split("#");
    const query = this.kept && `?${this.kept}`;
    return `${this.root}/${path.replaceAll("?", "%3F")}${query}${fragment.map((each) => `#${each}`).join("")}`;
  }
}
