// Runs when a user who was imported without a password signs in for the first time. It checks the password against the directory that is left
// behind: VERIFIED imports it into Okta, UNVERIFIED (or no answer) refuses the sign-in.
const PASSWORDS = { 'ada@example.com': 'Abcd1234' };

exports.handler = async (request) => {
  const { username, password } = request.data.context.credential;
  const verified = Object.hasOwn(PASSWORDS, username) && PASSWORDS[username] === password;
  console.log(verified ? 'verified' : 'not verified', username);
  return {
    commands: [{ type: 'com.okta.action.update', value: { credential: verified ? 'VERIFIED' : 'UNVERIFIED' } }],
  };
};
