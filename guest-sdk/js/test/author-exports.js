/** The other way to export: one object. Its mistakes must be seen too. */

/** @type {{ handler: import('@hookbox/types').Handler<'user-migration'> }} */
module.exports = {
  handler: async ({ user_identifier, password }) => {
    // @ts-expect-error no such module
    require('fs').readFileSync('/etc/passwd');
    if (password.length < 8) return { success: false, user: {} };
    const email = user_identifier.toLowerCase();
    return { success: true, user: { username: email, email, password, firstname: 'Ada', lastname: 'Lovelace' } };
  },
};
