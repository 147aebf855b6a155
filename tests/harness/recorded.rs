//! A client that is no longer at hand, played by its recorded requests: how it gets a token, what it shows, what it calls itself.
//!
//! Which requests it makes, and what it needs of their answers, is in the tests.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::server::{ADMIN_ID, ADMIN_SECRET};
use super::{Reply, Request, Server};

/// How a client shows its id and secret.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Secrets {
    /// `Basic`, and a JSON body.
    Basic,
    /// `Basic`, and a form.
    BasicForm,
    /// `client_id:ID, client_secret:SECRET`, and a JSON body.
    Named,
}

/// One client at one server.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    address: SocketAddr,
    credential: (String, String),
    secrets: Secrets,
    token_path: &'static str,
    scheme: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    token: Option<String>,
}

impl Recorded {
    /// A client with the credential of the server's admin.
    pub(crate) fn admin(server: &Server, secrets: Secrets, headers: &[(&'static str, &'static str)]) -> Self {
        Self::new(server.address(), (ADMIN_ID, ADMIN_SECRET), secrets, headers)
    }

    /// A client that sends these headers with every request, and a `Bearer` token.
    pub(crate) fn new(address: SocketAddr, credential: (&str, &str), secrets: Secrets, headers: &[(&'static str, &'static str)]) -> Self {
        Self {
            address,
            credential: (credential.0.into(), credential.1.into()),
            secrets,
            token_path: "/auth/oauth2/v2/token",
            scheme: "Bearer ",
            headers: headers.to_vec(),
            token: None,
        }
    }

    /// One that puts this before its token, the space included if it has one.
    pub(crate) fn scheme(self, scheme: &'static str) -> Self {
        Self { scheme, ..self }
    }

    /// One that gets its tokens elsewhere.
    pub(crate) fn token_path(self, path: &'static str) -> Self {
        Self { token_path: path, ..self }
    }

    /// One that keeps its token; without this it gets another one before each request.
    pub(crate) fn keeping_its_token(mut self) -> Self {
        self.token = Some(self.new_token());
        self
    }

    fn bare(&self, method: &str, target: &str) -> Request {
        self.headers.iter().fold(Request::new(self.address, method, target), |request, (name, value)| request.header(name, value))
    }

    /// Asks for a token.
    pub(crate) fn token_reply(&self) -> Reply {
        let (id, secret) = &self.credential;
        let request = self.bare("POST", self.token_path);
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let grant = json!({"grant_type": "client_credentials"});
        let request = match self.secrets {
            Secrets::Basic => request.header("authorization", &basic).json(&grant),
            Secrets::BasicForm => request
                .header("authorization", &basic)
                .header("content-type", "application/x-www-form-urlencoded")
                .body("grant_type=client_credentials"),
            Secrets::Named => request.header("authorization", &format!("client_id:{id}, client_secret:{secret}")).json(&grant),
        };
        request.send()
    }

    /// A token, be it bare or in the envelope.
    fn new_token(&self) -> String {
        let answer = self.token_reply().expect(200);
        let token = if answer["data"].is_array() { &answer["data"][0] } else { &answer };
        token["access_token"].as_str().unwrap_or_else(|| panic!("no token in {answer}")).to_owned()
    }

    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        let token = self.token.clone().unwrap_or_else(|| self.new_token());
        self.bare(method, target).header("authorization", &format!("{}{token}", self.scheme))
    }

    pub(crate) fn get(&self, target: &str) -> Reply {
        self.request("GET", target).send()
    }

    pub(crate) fn post(&self, target: &str, body: &Value) -> Reply {
        self.request("POST", target).json(body).send()
    }

    pub(crate) fn put(&self, target: &str, body: &Value) -> Reply {
        self.request("PUT", target).json(body).send()
    }

    pub(crate) fn delete(&self, target: &str) -> Reply {
        self.request("DELETE", target).send()
    }

    /// The id of what is made by this.
    pub(crate) fn make(&self, target: &str, body: &Value) -> String {
        let made = self.post(target, body).expect(201);
        made["id"].as_str().unwrap_or_else(|| panic!("no id in {made}")).to_owned()
    }
}
