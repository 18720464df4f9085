/**
 * Whether this file knows more than the strictest rule: rows under which things run until they are refused, sale, what starts or is
 * announced later, a signal that a website disregards. A website that has none of it gets a file without (the server decides, in
 * compose.py); there the build makes this false, and what hangs on it goes.
 * @type {boolean}
 */
export const LAWS = true;
