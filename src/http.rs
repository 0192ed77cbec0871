//! What the clients of both services share.

mod error;

pub use error::{ApiError, Broken};
