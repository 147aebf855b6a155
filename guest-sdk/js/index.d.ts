/**
 * The types of a hook: its context and its result by hook type and context version, and the handler that ties them together.
 *
 * Importing this changes no global; what a hook finds around it (`process`, `console`, `Buffer`, `require`) is in `globals.d.ts`.
 */

export type { Callback, CallbackHandler, Context, ContextVersion, Handler, HookType, Invocation, LatestVersion, Result } from './handler.js';
export type {
  App,
  Device,
  Location,
  MfaDevice,
  PreAuthenticationContext_1_0_0,
  PreAuthenticationContext_1_1_0,
  PreAuthenticationResult,
  Risk,
  User_1_0_0,
  User_1_1_0,
  UserDecision,
} from './pre-authentication.js';
export type { MigratedUser, UserMigrationContext_1_0_0, UserMigrationResult } from './user-migration.js';
