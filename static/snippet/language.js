/**
 * Only in the file of a website in several languages, at its short address: where the page, or else the browser, speaks another language
 * that the website offers, that language's file takes over before anything is shown.
 */
const { site, state, addScript, boot, home } = __TOOLS__;
const offered = [site.language].concat(site.languages || []);
/** Norwegian has three names; the server knows them too. @param {string} code */
const base = (code) => code.split("-")[0].replace(/^n[no]$/, "nb");
/** As asked for, else the same language of another place. @param {string} wanted */
const fitting = (wanted) => offered.find((code) => code == wanted) || offered.find((code) => base(code) == base(wanted));
const found = [document.documentElement.lang, ...navigator.languages].map(fitting).find(Boolean);
const name = "/" + site.key;

if (found && found != site.language && home.pathname.endsWith(name + ".js")) {
  // If it can't be had, this one's words are better than none.
  addScript(home.href.replace(name + ".", name + "." + found + ".")).onerror = boot;
  state.elsewhere = true;
}
export {};
