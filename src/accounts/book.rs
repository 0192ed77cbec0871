//! The file `accounts.toml`. It names accounts and never holds a secret.
//!
//! A change is one call: under a lock it reads the file again, changes it and writes it whole. Two programs that change
//! different accounts at the same time both succeed; of two that change the same account the last one wins.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Account;
use crate::export::Service;
use crate::system::files::{FileError, PathError, Text, lock, read_toml_text, write_new};
use crate::system::process::blocking;
use crate::text::secret::may_be_secret;

/// In characters. A name is an argument, a column of a table and part of a file name.
const NAME_LIMIT: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    path: PathBuf,
    accounts: Vec<Account>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    #[serde(default, rename = "account")]
    accounts: Vec<Account>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// The file cannot be read, or has an unknown key or a wrong value.
    File(#[from] FileError),
    Unwritable(PathError),
    Name(#[from] AccountNameError),
    /// The file has a name that no account may have.
    NameAt {
        path: PathBuf,
        line: usize,
        source: AccountNameError,
    },
    /// The file has an account twice.
    Twice {
        path: PathBuf,
        line: usize,
        service: Service,
        name: String,
    },
    /// The name differs from another one only in case. To the keyring of Windows both are the same.
    SameButForCase {
        service: Service,
        existing: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountNameError {
    Empty,
    TooLong(usize),
    Character(char),
    /// A dot, a hyphen or a blank at the beginning or the end.
    Edge,
    MayBeSecret,
}

/// Rejects names that do not work in command lines, `accounts.toml`, the keyring, and, as a systemd credential, a
/// folder.
pub fn check_name(name: &str) -> Result<(), AccountNameError> {
    if name.trim().is_empty() {
        return Err(AccountNameError::Empty);
    }
    if let Some(c) = name.chars().find(|c| c.is_control() || matches!(c, '/' | '\\' | ':' | '`' | '"')) {
        return Err(AccountNameError::Character(c));
    }
    if name.starts_with(['.', '-']) || name.trim() != name {
        return Err(AccountNameError::Edge);
    }
    if may_be_secret(name) {
        return Err(AccountNameError::MayBeSecret);
    }
    match name.chars().count() {
        count if count > NAME_LIMIT => Err(AccountNameError::TooLong(count)),
        _ => Ok(()),
    }
}

impl Book {
    /// Reads the book. A file that does not exist is an empty book.
    ///
    /// # Errors
    ///
    /// The file cannot be read, has an unknown key, an account twice, or a name that no account may have.
    pub fn load(path: &Path) -> Result<Self, BookError> {
        Self::read(path).map(|(book, _)| book)
    }

    fn read(path: &Path) -> Result<(Self, Option<Text>), BookError> {
        let file = Text::read(path, "accounts in")?;
        let text = file.as_ref().map(|file| file.text.as_str()).unwrap_or_default();
        let BookFile { accounts } = read_toml_text(text, path)?;
        for (at, account) in accounts.iter().enumerate() {
            let (path, line) = (path.to_owned(), line_of_account(text, at));
            let Account { service, name, .. } = account.clone();
            if let Err(source) = check_name(&name) {
                return Err(BookError::NameAt { path, line, source });
            }
            if accounts[..at].iter().any(|other| is_same(other, service, &name)) {
                return Err(BookError::Twice { path, line, service, name });
            }
        }
        Ok((Self { path: path.to_owned(), accounts }, file))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn all(&self) -> &[Account] {
        &self.accounts
    }

    pub fn list(&self, service: Service) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(move |account| account.service == service)
    }

    pub fn get(&self, service: Service, name: &str) -> Option<&Account> {
        self.list(service).find(|account| account.name == name)
    }

    /// Returns the account that [`Book::put`] would replace now.
    ///
    /// # Errors
    ///
    /// The name is not valid, differs from another one only in case, or the file cannot be read.
    pub fn would_replace(&self, service: Service, name: &str) -> Result<Option<Account>, BookError> {
        check_name(name)?;
        let now = Self::load(&self.path)?;
        Ok(position(&now.accounts, service, name)?.map(|at| now.accounts[at].clone()))
    }

    /// Adds an account, or replaces the one with its service and name, and writes the file.
    ///
    /// # Errors
    ///
    /// The name is not valid, differs from another one only in case, or the file cannot be read or written.
    pub async fn put(&mut self, account: Account) -> Result<(), BookError> {
        check_name(&account.name)?;
        self.change(move |accounts| {
            match position(accounts, account.service, &account.name)? {
                Some(at) => accounts[at] = account,
                None => accounts.push(account),
            }
            Ok(())
        })
        .await
    }

    /// Changes an account if the file still has it as `before`, and writes the file. Returns the account as the file
    /// has it then, possibly changed by another program; `None` if it is gone.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub async fn update(
        &mut self,
        before: &Account,
        change: impl FnOnce(Account) -> Account + Send + 'static,
    ) -> Result<Option<Account>, BookError> {
        let before = before.clone();
        self.change(move |accounts| {
            let found =
                accounts.iter_mut().find(|account| account.service == before.service && account.name == before.name);
            Ok(found.map(|account| {
                if *account == before {
                    *account = change(before);
                }
                account.clone()
            }))
        })
        .await
    }

    /// Removes an account, writes the file, and returns the removed account.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub async fn remove(&mut self, service: Service, name: &str) -> Result<Option<Account>, BookError> {
        let name = name.to_owned();
        self.change(move |accounts| {
            let at = accounts.iter().position(|other| other.service == service && other.name == name);
            Ok(at.map(|at| accounts.remove(at)))
        })
        .await
    }

    /// Reads the file again, changes it and writes it, all under a lock, which it may have to wait for.
    async fn change<T: Send + 'static>(
        &mut self,
        change: impl FnOnce(&mut Vec<Account>) -> Result<T, BookError> + Send + 'static,
    ) -> Result<T, BookError> {
        let path = self.path.clone();
        let (done, accounts) = blocking(move || changed(&path, change)).await?;
        self.accounts = accounts;
        Ok(done)
    }
}

fn changed<T>(
    path: &Path,
    change: impl FnOnce(&mut Vec<Account>) -> Result<T, BookError>,
) -> Result<(T, Vec<Account>), BookError> {
    let unwritable = |error: io::Error| BookError::Unwritable(PathError::new(path, error));
    let _lock = lock(path).map_err(unwritable)?;
    let (mut now, file) = Book::read(path)?;
    let done = change(&mut now.accounts)?;
    let pages = BookFile { accounts: now.accounts };
    let text = toml::to_string(&pages).map_err(|error| unwritable(io::Error::other(error)))?;
    match file {
        Some(file) => file.replace(&text),
        None => write_new(path, text.as_bytes()),
    }
    .map_err(unwritable)?;
    Ok((done, pages.accounts))
}

fn position(accounts: &[Account], service: Service, name: &str) -> Result<Option<usize>, BookError> {
    let at = accounts.iter().position(|other| is_same(other, service, name));
    match at.map(|at| &accounts[at].name) {
        Some(existing) if existing != name => Err(BookError::SameButForCase { service, existing: existing.clone() }),
        _ => Ok(at),
    }
}

fn is_same(account: &Account, service: Service, name: &str) -> bool {
    account.service == service && is_same_but_for_case(&account.name, name)
}

fn is_same_but_for_case(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn line_of_account(text: &str, at: usize) -> usize {
    let heads = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("[[account]]"));
    heads.map(|(line, _)| line + 1).nth(at).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(service: Service, name: &str) -> Account {
        Account {
            user: Some("ann".to_owned()),
            tested: Some(chrono::DateTime::UNIX_EPOCH),
            ..Account::new(service, name)
        }
    }

    #[tokio::test]
    async fn a_saved_account_is_there_for_the_next_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config/accounts.toml");
        let mut book = Book::load(&path).unwrap();
        assert!(book.all().is_empty() && !path.exists());
        book.put(account(Service::DataWorld, "analyst")).await.unwrap();
        book.put(account(Service::Domo, "analyst")).await.unwrap();
        let newer = Account { user: Some("bea".to_owned()), ..account(Service::DataWorld, "analyst") };
        book.put(newer.clone()).await.unwrap();

        let read = Book::load(&path).unwrap();
        assert_eq!(read, book);
        assert_eq!(read.list(Service::DataWorld).collect::<Vec<_>>(), [&newer]);
        assert_eq!(read.get(Service::Domo, "analyst"), Some(&account(Service::Domo, "analyst")));
        assert_eq!(book.remove(Service::DataWorld, "analyst").await.unwrap(), Some(newer));
        assert_eq!(book.remove(Service::DataWorld, "analyst").await.unwrap(), None);
        assert_eq!(Book::load(&path).unwrap().all(), [account(Service::Domo, "analyst")]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn changes_by_another_program_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        let before = account(Service::DataWorld, "analyst");
        let mut book = Book::load(&path).unwrap();
        book.put(before.clone()).await.unwrap();
        let refuse = |account: Account| Account { refused: account.tested, ..account };
        let mut late = Book::load(&path).unwrap();
        assert!(book.update(&before, refuse).await.unwrap().unwrap().refused.is_some());
        // Another program has changed the address meanwhile.
        let moved = Account { address: Some("https://api.example".to_owned()), ..before.clone() };
        book.put(moved.clone()).await.unwrap();
        assert_eq!(late.update(&before, refuse).await.unwrap(), Some(moved));
        book.remove(Service::DataWorld, "analyst").await.unwrap();
        assert_eq!(late.update(&before, refuse).await.unwrap(), None);
        assert!(Book::load(&path).unwrap().all().is_empty());
    }

    #[tokio::test]
    async fn changes_of_two_programs_both_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        let programs = (0..4).map(|program| {
            let mut book = Book::load(&path).unwrap();
            async move {
                for number in 0..5 {
                    book.put(account(Service::Domo, &format!("{program}-{number}"))).await.unwrap();
                }
            }
        });
        futures_util::future::join_all(programs).await;
        assert_eq!(Book::load(&path).unwrap().all().len(), 20);
    }

    #[tokio::test]
    async fn a_book_changed_by_hand_is_read_strictly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        let load = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Book::load(&path).map_err(|error| error.to_string().replace(path.to_str().unwrap(), "accounts.toml"))
        };
        let good = "# mine\n[[account]]\nname = \"a\"\nservice = \"data.world\"\n";
        assert_eq!(load(good).unwrap().all().len(), 1);
        for (text, expected) in [
            (format!("{good}tokn = \"x\""), "accounts.toml, line 5: there is no key `tokn` here; possible are `name`,"),
            (
                format!("{good}adress = \"x\""),
                "accounts.toml, line 5: there is no key `adress` here. Did you mean `address`?",
            ),
            (format!("{good}{good}"), "accounts.toml, line 6: there is already a data.world account `a`"),
            (
                format!("{good}{}", good.replace("\"a\"", "\"../a\"")),
                "accounts.toml, line 6: The name cannot contain '/'.",
            ),
            (
                good.replace("data.world", "s3"),
                "accounts.toml, line 4: `s3` is not a valid value here; possible are `domo` and `data.world`",
            ),
        ] {
            let error = load(&text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        // A file that cannot be read is never overwritten.
        assert!(Book { path: path.clone(), accounts: Vec::new() }.put(account(Service::Domo, "b")).await.is_err());
        assert!(std::fs::read_to_string(&path).unwrap().contains("s3"));
    }

    #[tokio::test]
    async fn a_name_that_differs_in_case_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = Book::load(&folder.path().join("accounts.toml")).unwrap();
        book.put(account(Service::Domo, "Acme")).await.unwrap();
        let error = book.put(account(Service::Domo, "acme")).await.unwrap_err().to_string();
        assert!(error.starts_with("There is already a Domo account `Acme`."), "{error}");
        assert_eq!(book.would_replace(Service::Domo, "acme").unwrap_err().to_string(), error);
        assert_eq!(book.would_replace(Service::Domo, "Acme").unwrap(), Some(account(Service::Domo, "Acme")));
        assert_eq!(book.would_replace(Service::DataWorld, "acme").unwrap(), None);
        book.put(account(Service::DataWorld, "acme")).await.unwrap();
    }
}
