//! What is on the screen: one file a region, each opening with a drawing of it.
//!
//! Drawing takes the state and never changes it.

mod run;
mod text;
mod theme;

pub use theme::Theme;
