// What a token says of its user: a department by groups, a tier by how the user has signed in, and a note of both.
const DEPARTMENTS = { Everyone: 'General', Engineers: 'Engines', Sales: 'Sales' };
const STRONG = ['otp', 'hwk', 'mfa'];
const PREFIX = 'https://claims.example/';

const departmentOf = (groups) => {
  const known = groups.map((group) => DEPARTMENTS[group]).filter((name) => name !== undefined);
  return known.length > 0 ? known[known.length - 1] : 'None';
};

const tierOf = (methods) => {
  const strong = methods.filter((method) => STRONG.includes(method.toLowerCase()));
  return strong.length > 0 ? 'gold' : 'silver';
};

const noteOf = (parts) => Object.entries(parts).map(([name, value]) => `${name}=${value}`).join(';');

exports.handler = async (event) => {
  const { access, identity, context } = event.data;
  const department = departmentOf(access.claims.groups ?? []);
  const tier = tierOf(identity.claims.amr ?? []);
  const { login } = context.user.profile;
  const note = noteOf({ department, tier, domain: login.slice(login.indexOf('@') + 1) });
  console.log('token for', login);
  const claims = { department, tier, note };
  const value = Object.entries(claims).map(([name, claim]) => ({ op: 'add', path: `/claims/${PREFIX.replace(/\//g, '~1')}${name}`, value: claim }));
  return { commands: [{ type: 'com.okta.access.patch', value }] };
};
