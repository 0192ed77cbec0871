//! Use cases: each is one function, for every front.

pub mod run;
