/** Names with wildcards, and where a cookie of this page may live. Pure. */

/** @param {string[]} patterns `*` stands for any run of characters, everything else for itself @param {string} name */
export function matches(patterns, name) {
  // Every sign that could mean something to a regular expression is escaped first, the star too.
  return patterns.some((pattern) => RegExp("^" + pattern.replace(/\W/g, "\\$&").replace(/(\\\*)+/g, ".*") + "$", "s").test(name));
}

/**
 * Every domain and path under which this page can hold a cookie. Public suffixes and parts of addresses are among them: browsers refuse those.
 * @param {string} host @param {string} path
 * @returns {string[]} attributes to append to a cookie
 */
export function places(host, path) {
  const domains = host.split(".").map((_, i, labels) => "; Domain=" + labels.slice(i).join("."));
  const paths = path.split("/").map((_, i, steps) => "; Path=" + steps.slice(0, i + 1).join("/"));
  return ["", ...domains].flatMap((domain) => paths.flatMap((level) => [level + domain, level + "/" + domain]));
}
