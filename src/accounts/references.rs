//! Finds the exports that use an account, and moves exports to another one.

use std::path::{Path, PathBuf};

use super::{AccountRef, Book, ChangeError, Choice, find_account};
use crate::export::{DefinitionError, EditedDefinition, Export, Service, rename_account, saved};
use crate::system::process::blocking;

/// The saved exports, as far as they can be read.
#[derive(Debug)]
pub struct Uses {
    folder: PathBuf,
    exports: Vec<(PathBuf, Export)>,
    unreadable: Vec<DefinitionError>,
}

impl Uses {
    pub fn read(folder: &Path) -> Self {
        let (mut exports, mut unreadable) = (Vec::new(), Vec::new());
        for (path, export) in saved::all(folder) {
            match export {
                Ok(export) => exports.push((path, export)),
                Err(error) => unreadable.push(error),
            }
        }
        Self { folder: folder.to_owned(), exports, unreadable }
    }

    /// Reads the exports again, and keeps other Writebacks from changing them until the lock is dropped.
    pub(super) async fn locked(&self) -> Result<(Self, saved::ExportsLock), DefinitionError> {
        let folder = self.folder.clone();
        blocking(move || {
            let lock = saved::lock(&folder)?;
            Ok((Self::read(&folder), lock))
        })
        .await
    }

    /// The names of the exports that use these credentials, with or without naming them.
    pub fn exports_using(&self, holder: &AccountRef, choice: &Choice) -> Vec<String> {
        let used = self
            .exports
            .iter()
            .filter(|(_, export)| choice.choose(&export.credentials, holder.service()).as_ref() == Some(holder));
        used.map(|(_, export)| export.name.clone()).collect()
    }

    /// Errors of exports that cannot be read: they may use any account.
    pub fn unreadable(&self) -> &[DefinitionError] {
        &self.unreadable
    }

    /// The exports that name no account of a service.
    pub(super) fn unnamed(&self, service: Service) -> impl Iterator<Item = &(PathBuf, Export)> {
        self.exports.iter().filter(move |(_, export)| export.credentials.get(service).is_none())
    }

    pub fn any_unnamed(&self, service: Service) -> bool {
        self.unnamed(service).next().is_some()
    }

    fn naming(&self, service: Service, account: &str) -> impl Iterator<Item = &(PathBuf, Export)> {
        self.exports.iter().filter(move |(_, export)| export.credentials.get(service) == Some(account))
    }

    /// Makes every export that names the account `from` name `to`, all or none, and returns their names. The rest of
    /// their files stays, comments included.
    ///
    /// # Errors
    ///
    /// There is no account `to`, an export cannot be read (it may name the account), or a file cannot be written.
    pub async fn reassign(
        &self,
        book: &Book,
        service: Service,
        from: &str,
        to: &str,
    ) -> Result<Vec<String>, ChangeError> {
        let (uses, _lock) = self.locked().await?;
        find_account(&Book::load(book.path())?, service, to)?;
        uses.reassign_locked(service, from, to)
    }

    /// As [`Uses::reassign`], for a caller that holds the lock.
    pub(super) fn reassign_locked(&self, service: Service, from: &str, to: &str) -> Result<Vec<String>, ChangeError> {
        if let Some(error) = self.unreadable.first() {
            return Err(ChangeError::Unread(error.clone()));
        }
        let mut done = Vec::new();
        for (path, _) in self.naming(service, from) {
            match rename_account(path, service, from, to) {
                Ok(edited) => done.push(edited),
                Err(error) => {
                    done.iter().for_each(EditedDefinition::undo);
                    return Err(error.into());
                }
            }
        }
        Ok(self.naming(service, from).map(|(_, export)| export.name.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    const SALES: &str = "# Mine.\nname = \"Sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                         [output]\ndataset = \"acme/sales\"\nfile = \"sales\" # not sales.csv\n\
                         [credentials]\ndomo = 'acme' # the old one\ndataworld = \"acme\"\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sales.toml"), SALES).unwrap();
        std::fs::write(folder.path().join("costs.toml"), SALES.replace("Sales", "Costs").replace("'acme'", "'bee'"))
            .unwrap();
        folder
    }

    #[test]
    fn only_the_name_of_the_account_changes() {
        let folder = folder();
        std::fs::write(folder.path().join("sales.toml"), SALES.replace('\n', "\r\n")).unwrap();
        let uses = Uses::read(folder.path());
        let of = |uses: &Uses, service, name: &str| {
            uses.exports_using(
                &AccountRef::Account(service, name.to_owned()),
                &Choice::new(&Environment::default(), &[]),
            )
        };
        assert_eq!(of(&uses, Service::Domo, "acme"), ["Sales"]);
        assert_eq!(of(&uses, Service::DataWorld, "acme"), ["Costs", "Sales"]);
        assert_eq!(uses.reassign_locked(Service::Domo, "acme", "new one").unwrap(), ["Sales"]);
        let text = std::fs::read_to_string(folder.path().join("sales.toml")).unwrap();
        assert_eq!(text, SALES.replace("'acme'", "\"new one\"").replace('\n', "\r\n"));
        assert_eq!(of(&Uses::read(folder.path()), Service::Domo, "new one"), ["Sales"]);
    }

    #[test]
    fn an_unreadable_export_stops_the_move() {
        let folder = folder();
        std::fs::write(folder.path().join("wrong.toml"), "name = 1").unwrap();
        let error =
            Uses::read(folder.path()).reassign_locked(Service::DataWorld, "acme", "new").unwrap_err().to_string();
        assert!(error.contains("wrong.toml, line 1"), "{error}");
        assert_eq!(std::fs::read_to_string(folder.path().join("sales.toml")).unwrap(), SALES);
    }

    #[cfg(unix)]
    #[test]
    fn exports_are_moved_all_or_none() {
        let folder = folder();
        let uses = Uses::read(folder.path());
        // The second file has changed meanwhile.
        std::fs::write(folder.path().join("sales.toml"), SALES.replace("dataworld = \"acme\"", "")).unwrap();
        assert!(uses.reassign_locked(Service::DataWorld, "acme", "new").is_err());
        let costs = std::fs::read_to_string(folder.path().join("costs.toml")).unwrap();
        assert!(costs.contains("dataworld = \"acme\""), "{costs}");
    }
}
