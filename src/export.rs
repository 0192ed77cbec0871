//! Exports: definition, ids, file names, and schedule. Only reading and writing of definitions does I/O.

mod definition;
mod definition_error;
mod described;
mod edit;
mod file_name;
mod ids;
mod keep;
mod resave;
mod retry;
pub mod saved;
pub mod schedule;
mod service;

pub use definition::{
    Checks, CredentialNames, Csv, Export, ExportNameError, HashRows, Input, Log, Nulls, Output, Update,
    check_export_name,
};
pub use definition_error::DefinitionError;
pub use described::{FileDescription, Label};
pub use edit::Setting;
pub(crate) use edit::{EditedDefinition, name_account, rename_account};
pub use file_name::{Append, FileStem, OutputError, file_name, file_name_form, next_number};
pub use ids::{DataSetAddress, DataSetId, DatasetKey, IdError, parse_file_address};
pub use keep::Keep;
pub use retry::Retry;
pub use schedule::Schedule;
pub use service::Service;
