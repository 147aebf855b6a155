// Denies logins from the countries listed in the env var DENIED_COUNTRIES, such as "KP, IR".

const UNKNOWN = '??';

const denied = new Set(
  (process.env.DENIED_COUNTRIES ?? '')
    .split(',')
    .map((code) => code.trim().toUpperCase())
    .filter(Boolean),
);

if (denied.size === 0) {
  throw new Error('DENIED_COUNTRIES lists no country');
}

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  if (!context.location) {
    // Without a place every login would pass. An exception leaves the decision to the hook's on_error: deny, by default.
    throw new Error('no location in the context: turn on the option location_enabled');
  }
  const country = (context.location.country_code || UNKNOWN).toUpperCase();
  if (denied.has(country)) {
    console.warn('denied: login from', country, context.location.ip);
    return { success: false, user: null };
  }
  return { success: true, user: context.user };
};
