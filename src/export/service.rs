//! The two services, by the names that people know them by.

use serde::{Deserialize, Serialize};
use strum::{Display, IntoStaticStr};

/// The two services of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, IntoStaticStr, Serialize, Deserialize)]
pub enum Service {
    /// The source of the data.
    #[serde(rename = "domo")]
    Domo,
    /// The target of the file.
    #[serde(rename = "data.world")]
    #[strum(to_string = "data.world")]
    DataWorld,
}

impl Service {
    /// The name as the service writes it.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
