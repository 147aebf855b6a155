/**
 * `user-migration`: fires when a login names a user whom the identity provider does not know. The hook checks the password elsewhere
 * and delivers the user, or denies.
 */

/** Context version 1.0.0. The password is the user's own: never log the context. */
export interface UserMigrationContext_1_0_0 {
  /** The user name or e-mail address that was entered. */
  user_identifier: string;
  /** The password that was entered. */
  password: string;
  /** Follows the login through every system. */
  correlation_id: string;
  /** Names this one execution. */
  request_id: string;
}

/** The user to create. */
export interface MigratedUser {
  username: string;
  /** The password the user is created with, usually the one that was entered. */
  password: string;
  firstname: string;
  lastname: string;
  email: string;
  external_id?: string;
  department?: string;
  title?: string;
  phone?: string;
  company?: string;
  custom_attributes?: Record<string, string>;
}

/** The decision: the user to create, or a denial (`success: false` or `null`), after which no user is created. */
export type UserMigrationResult =
  | { success?: true; user: MigratedUser }
  | { success: false; user?: Partial<MigratedUser> | null; error?: string }
  | null;
