/** Handlers that authors write and that must be accepted. */

import type { CallbackHandler, Context, Handler, HookType, Result } from '@hookbox/types';

export const keep: Handler<'pre-authentication'> = async (context) => ({ user: context.user });

export const successIsOptional: Handler<'pre-authentication'> = (context) => ({ success: true, user: context.user });

export const denyByNull: Handler<'pre-authentication'> = () => null;

export const denyWithReason: Handler<'pre-authentication'> = async () => ({ success: false, user: null, error: 'not from here' });

export const nothingChanged: Handler<'pre-authentication'> = async () => ({ success: true });

export const noOtherUser: Handler<'pre-authentication'> = async () => ({ success: true, user: null });

export const inTime: Handler<'pre-authentication'> = async (context, invocation) => {
  console.log(invocation.awsRequestId, invocation.functionName, invocation.memoryLimitInMB);
  return invocation.getRemainingTimeInMillis() > 100 ? { success: true, user: context.user } : null;
};

export const byCallback: CallbackHandler<'pre-authentication'> = (context, invocation, callback) => {
  invocation.callbackWaitsForEmptyEventLoop = false;
  setTimeout(() => callback(null, { success: true, user: context.user }), 5);
};

export const bySucceed: CallbackHandler<'user-migration'> = (context, invocation) => {
  if (context.password === '') invocation.fail(new Error('no password'));
  else invocation.succeed({ success: false });
};

export const policyOnly: Handler<'pre-authentication'> = async () => ({ success: true, user: { policy_id: 7 } });

export const swapInPlace: Handler<'pre-authentication'> = async (context) => {
  const { user } = context;
  if (context.device.is_mobile) user.policy_id = 1234;
  return { user };
};

export const swapInCopy: Handler<'pre-authentication'> = async ({ user, app }) =>
  app.id === 12 ? { user: { ...user, policy_id: 9 } } : { user };

export const computed: Handler<'pre-authentication'> = async (context) => {
  const success: boolean = (context.risk?.score ?? 100) < 90;
  return { success, user: context.user };
};

export const optionalParts: Handler<'pre-authentication'> = async (context) => {
  const country: string | null | undefined = context.location?.country_code;
  const factors: number = context.mfa_devices?.length ?? 0;
  const reasons: string[] = context.risk?.reasons ?? [];
  const never = !context.user.last_login_success;
  console.log('%s %d', country, factors, reasons, never, context.user.id + 1);
  return { user: context.user };
};

export const older: Handler<'pre-authentication', '1.0.0'> = async (context) => ({ user: context.user });

export const migrate: Handler<'user-migration'> = async ({ user_identifier, password }) => {
  if (password !== process.env.PASSWORD) return { success: false, user: {} };
  const name = { username: user_identifier, email: user_identifier, firstname: 'Ada', lastname: 'Lovelace' };
  return { success: true, user: { ...name, password, custom_attributes: { source: 'old' } } };
};

export const migrateNot: Handler<'user-migration', '1.0.0'> = () => null;

/** The latest version is the default, and a newer context is accepted where an older one is asked for. */
export const same = (latest: Context<'pre-authentication'>): Context<'pre-authentication', '1.1.0'> => latest;
export const wider = (latest: Context<'pre-authentication'>): Context<'pre-authentication', '1.0.0'> => latest;

const types: HookType[] = ['pre-authentication', 'user-migration'];
const denial: Result<'user-migration'> = null;
export { denial, types };
