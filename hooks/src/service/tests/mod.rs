//! Tests of the service, on a store and a compiler that tests control.

mod accounts;
mod admission;
mod clock;
mod conditions;
mod dispatch;
mod envs;
mod follow;
mod hooks;
mod javascript;
