/**
 * `pre-authentication`: fires when the user name was entered, before password and second factor. The hook keeps the policy of this
 * login, swaps it, or denies the login.
 */

/** The user of a login, as context version 1.0.0 has it. */
export interface User_1_0_0 {
  /** The user name or e-mail address that was entered. */
  user_identifier: string;
  /** The policy of this login. A change holds for this login only. */
  policy_id: number;
}

/** The user of a login, as context version 1.1.0 has it. */
export interface User_1_1_0 extends User_1_0_0 {
  /** The identity provider's number for the user. */
  id: number;
  /** When the user last logged in (ISO 8601); empty for one who never did. */
  last_login_success?: string | null;
}

/** The device a login comes from. */
export interface Device {
  /** The browser, as it names itself: the user's choice, so no proof of anything. */
  user_agent: string;
  /** Whether the identity provider takes it for a mobile device. */
  is_mobile: boolean;
}

/** The place a login comes from. */
export interface Location {
  /** The IP address. */
  ip: string;
  /** ISO 3166 alpha-2, looked up from the address; empty where the address is not known. */
  country_code?: string | null;
}

/** The identity provider's opinion of a login. */
export interface Risk {
  /** From 0 (low) to 100 (high). */
  score: number;
  /** What drove the score. */
  reasons: string[];
}

/** One second factor of the user. */
export interface MfaDevice {
  device_id: number;
  auth_factor_id: number;
  auth_factor_name: string;
  type_display_name: string;
  user_display_name: string;
  default: boolean;
  /** ISO 8601. */
  created_at: string;
  /** ISO 8601; empty for a device that was never used. */
  last_used_at?: string | null;
}

/** The application the user is on the way to. Its fields are empty when the login began at the portal. */
export interface App {
  id?: number | null;
  uuid?: string | null;
  name?: string | null;
}

/** Context version 1.0.0. */
export interface PreAuthenticationContext_1_0_0 {
  user: User_1_0_0;
  device: Device;
  /** Only when the hook's option `location_enabled` is on. */
  location?: Location;
  /** Only when the hook's option `risk_enabled` is on. */
  risk?: Risk;
  /** Follows the login through every system. */
  correlation_id: string;
  /** Names this one execution. */
  request_id: string;
}

/** Context version 1.1.0: adds the user's id and last login, the second factors and the application. */
export interface PreAuthenticationContext_1_1_0 extends PreAuthenticationContext_1_0_0 {
  user: User_1_1_0;
  app: App;
  /** Only when the hook's option `mfa_device_info_enabled` is on. */
  mfa_devices?: MfaDevice[];
}

/** The user a decision sends back: the policy counts. `context.user` is one. */
export interface UserDecision extends Partial<User_1_1_0> {
  policy_id: number;
}

/**
 * The decision. An object with a user lets the login go on under `user.policy_id`, and `success: true` without one as it is; `null` or
 * `success: false` denies it. Anything else, and an exception, leaves the decision to the hook's `on_error`.
 */
export type PreAuthenticationResult =
  | { success: true; user?: UserDecision | null }
  | { success?: undefined; user: UserDecision }
  | { success: false; user?: Partial<UserDecision> | null; error?: string }
  | null;
