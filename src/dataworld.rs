//! Client of data.world: who one is, which datasets and files there are, uploads.

mod model;

pub use model::{Access, Dataset, File, NewDataset, User, Visibility};
