/**
 * Only in the file of a website in several languages, at its short address: where the page, or else the browser, speaks another language
 * that the website offers, that language's file takes over before anything is shown.
 */
const { site, state, addScript, boot, guard, home } = __TOOLS__;
const offered = [site.language, ...site.languages || []];
/** Other names of what is offered, as the server knows them too. @type {Record<string, string>} */
const ALIASES = { no: "nb", nn: "nb", iw: "he" };
/** @param {string} code */
const base = (code) => {
  const [language] = code.toLowerCase().split("-");
  return ALIASES[language] || language;
};
/** As asked for, else the same language of another place. @param {string} wanted */
const fitting = (wanted) => offered.find((code) => code.toLowerCase() == wanted.toLowerCase()) || offered.find((code) => base(code) == base(wanted));
const found = [document.documentElement.lang, ...navigator.languages].map(fitting).find(Boolean) || site.language;

if (found != site.language && home.pathname.endsWith("/" + site.key + ".js")) {
  guard(() => {
    // If it can't be had, this one's words are better than none.
    addScript(new URL(site.key + "." + found + ".js", home).href).onerror = boot;
    state.elsewhere = true;
  });
}
export {};
