/** Names with wildcards, and where a cookie of this page may live. Pure; builds no regular expression from foreign text. */

/**
 * @param {string} pattern `*` stands for any run of characters, everything else for itself
 * @param {string} name
 */
export function matches(pattern, name) {
  const parts = pattern.split("*");
  const first = /** @type {string} */ (parts.shift());
  const last = parts.pop();
  if (last === undefined) return name == first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let rest = name.slice(first.length, name.length - last.length);
  for (const part of parts) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}

/**
 * Every domain and path under which this page can hold a cookie. Levels that are public suffixes are among them: the browser refuses those itself.
 * @param {string} host @param {string} path
 * @returns {string[]} attributes to append to a cookie
 */
export function places(host, path) {
  const labels = host.split(".");
  const domains = [""];
  // Addresses have no parents: a part of 10.0.0.1 is not a domain.
  if (!/^[\d.]+$|:/.test(host)) for (let i = 0; i < labels.length - 1; i++) domains.push("; Domain=" + labels.slice(i).join("."));
  const paths = ["/"];
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) paths.push(path.slice(0, at), path.slice(0, at + 1));
  if (!path.endsWith("/")) paths.push(path);
  return domains.flatMap((domain) => paths.map((level) => "; Path=" + level + domain));
}
