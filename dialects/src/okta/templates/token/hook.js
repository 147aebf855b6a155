// Runs when a custom authorization server mints tokens. Each patch is for one token, with operations as in RFC 6902. A name with slashes is
// written with ~1 in a path. Okta drops a whole patch if one operation in it is wrong, and Hookbox tells you which.
exports.handler = async (request) => {
  const { user } = request.data.context;
  console.log('claims for', user.profile.login);
  return {
    commands: [
      {
        type: 'com.okta.identity.patch',
        value: [{ op: 'add', path: '/claims/https:~1~1example.com~1department', value: 'Engines' }],
      },
      {
        type: 'com.okta.access.patch',
        value: [
          { op: 'add', path: '/claims/groups/-', value: 'Engineers' },
          { op: 'replace', path: '/token/lifetime/expiration', value: 900 },
        ],
      },
    ],
  };
};
