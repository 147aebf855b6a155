//! Runs when somebody logs in whom nobody knows yet. It looks the user up in the directory that is left behind, checks the password there,
//! and returns the user to be made; `success: false` says that there is no such user, or that the password is wrong.

use hookbox_guest_sdk::log;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Context {
    user_identifier: String,
    password: String,
}

#[derive(Serialize)]
struct Response {
    success: bool,
    user: Option<User>,
}

#[derive(Serialize)]
struct User {
    username: String,
    password: String,
    firstname: String,
    lastname: String,
    email: String,
}

/// Stands for the directory: asked for the one user that it has.
fn look_up(context: &Context) -> Option<(&'static str, &'static str)> {
    let known = context.user_identifier == "ada@example.com" && context.password == "correct horse battery staple";
    known.then_some(("Ada", "Lovelace"))
}

#[hookbox_guest_sdk::hook]
fn handle(context: Context) -> Result<Response, String> {
    let Some((firstname, lastname)) = look_up(&context) else {
        log::warn!("not migrated {}", context.user_identifier);
        return Ok(Response { success: false, user: None });
    };
    log::info!("migrated {}", context.user_identifier);
    let user = User {
        username: context.user_identifier.clone(),
        password: context.password,
        firstname: firstname.into(),
        lastname: lastname.into(),
        email: context.user_identifier,
    };
    Ok(Response { success: true, user: Some(user) })
}
