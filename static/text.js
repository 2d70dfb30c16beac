/**
 * Words for people, in the page's language: thin names for Django's JavaScript catalogue, which the page loads before.
 * Without the catalogue (tests, pages of others) the English text stands.
 */

/** @param {string} message @returns {string} */
export const gettext = (message) => catalogue()?.gettext(message) ?? message;

/** @param {string} one @param {string} many @param {number} count @returns {string} */
export const ngettext = (one, many, count) => catalogue()?.ngettext(one, many, count) ?? (count === 1 ? one : many);

/** `%(name)s` in `message` filled in. @param {string} message @param {Record<string, string | number>} values */
export const fill = (message, values) => message.replace(/%\((\w+)\)[sd]/g, (_, name) => String(values[name]));

/** @returns {{ gettext: (message: string) => string, ngettext: (one: string, many: string, count: number) => string } | undefined} */
const catalogue = () => /** @type {any} */ (globalThis).django;
