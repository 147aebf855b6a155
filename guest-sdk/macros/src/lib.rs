//! The #[hook] attribute.
