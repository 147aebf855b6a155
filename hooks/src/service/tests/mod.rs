//! What the service promises, on a store and a compiler that do what a test wants.

mod accounts;
mod admission;
mod conditions;
mod dispatch;
mod envs;
mod follow;
mod hooks;
mod javascript;
