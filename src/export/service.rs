//! The two services, by the names that people know them by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The two services of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Service {
    /// The source of the data.
    #[serde(rename = "domo")]
    Domo,
    /// The target of the file.
    #[serde(rename = "data.world")]
    DataWorld,
}

impl Service {
    /// The name as the service writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Domo => "Domo",
            Self::DataWorld => "data.world",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
