//! From a context to an answer: which hook runs, with what, until when, and what its end means. Running it is the sandbox's.

mod answer;

pub use answer::Answer;
