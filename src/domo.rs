//! Client of Domo: who one is, which DataSets there are, their rows as CSV.

mod model;

pub use model::{Column, DataSet, DomoCredential, DomoIdentity, Ownership, Preview};
