//! A file of data.world on its way to this computer: into a file that is there whole or not at all, or to a program.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::io::{AsyncSeekExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;

use crate::export::DatasetKey;
use crate::services::dataworld::DataWorld;
use crate::services::http::{ApiError, Attempts, Retry};
use crate::system::files::{PathError, is_held_open, no_device};

/// A file to download.
#[derive(Debug, Clone)]
pub struct Source {
    /// data.world, as one account sees it.
    pub dataworld: DataWorld,
    /// The dataset.
    pub key: DatasetKey,
    /// The file.
    pub file: String,
    /// Its size in bytes, where the dataset states it: more or less is not the file.
    pub size: Option<u64>,
    /// The longest time without a byte.
    pub stall: Duration,
}

/// The progress of a download.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes that have come.
    pub bytes: u64,
    /// Bytes that there will be, where that is known.
    pub total: Option<u64>,
    /// Why it begins again, while it does.
    pub retry: Option<Retry>,
}

type Progress = watch::Sender<Fetched>;

/// Why a download failed. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The call failed.
    Api(#[from] ApiError),
    /// The received bytes differ from the stated size.
    Size {
        /// The dataset's statement.
        stated: u64,
        /// The bytes received until the difference was clear.
        came: u64,
    },
    /// There is something of that name, which may not be replaced.
    Exists(PathBuf),
    /// A folder or a device has the name.
    NoFile(PathBuf),
    /// Its name is that of a device.
    Device(PathError),
    /// Another program holds the file open that it is to replace.
    InUse(PathBuf),
    /// Its name on data.world is none on this computer.
    Name(String),
    /// The folder to write to.
    NoFolder(PathBuf),
    /// The disk.
    Unwritable(PathError),
    /// The program that reads it.
    Output(io::Error),
}

/// Looks whether a download may be written to `to`, before anything is asked for.
///
/// # Errors
/// When something is there and `replace` does not say that it may go, or it is no file; when its folder is not there.
pub fn check_target(to: &Path, replace: bool) -> Result<(), DownloadError> {
    no_device(to).map_err(|error| DownloadError::Device(PathError::new(to, error)))?;
    match to.metadata() {
        Ok(_) if !replace => Err(DownloadError::Exists(to.to_owned())),
        Ok(there) if !there.is_file() => Err(DownloadError::NoFile(to.to_owned())),
        Ok(_) if is_held_open(to) => Err(DownloadError::InUse(to.to_owned())),
        Ok(_) => Ok(()),
        Err(_) => check_folder(to),
    }
}

/// Looks whether there is the folder into which `to`, which is not there, is to go. A separator at the end says that it is
/// a folder itself.
fn check_folder(to: &Path) -> Result<(), DownloadError> {
    let is_folder =
        to.as_os_str().as_encoded_bytes().last().is_some_and(|end| std::path::is_separator(char::from(*end)));
    let folder = if is_folder { to } else { crate::system::files::folder_of(to) };
    // Windows calls the name of a file with a separator behind it invalid.
    let is_none = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename);
    match folder.metadata() {
        Ok(there) if !there.is_dir() => Err(DownloadError::NoFolder(folder.to_owned())),
        Err(error) if is_none(error.kind()) => Err(DownloadError::NoFolder(folder.to_owned())),
        _ => Ok(()),
    }
}

impl Source {
    /// Downloads to the file `to`, and gives its size. Until all of it has come it is a temporary file beside `to`, which
    /// goes when this is dropped; what breaks off is begun again. `progress` gets the newest.
    ///
    /// # Errors
    /// As [`check_target`]; when a call fails for good, the size is wrong, or the disk cannot be written.
    pub async fn to_file(&self, to: &Path, replace: bool, progress: &Progress) -> Result<u64, DownloadError> {
        check_target(to, replace)?;
        // If `to` is a link, its target is replaced, not the link.
        let to = crate::system::files::canonical(to);
        let unwritable = |error| DownloadError::Unwritable(PathError::new(&to, error));
        let temporary = beside(&to).map_err(unwritable)?;
        let file = temporary.reopen().map_err(unwritable)?;
        crate::system::files::keep_access(&file, &to).map_err(unwritable)?;
        let mut file = tokio::fs::File::from_std(file);
        let mut attempts = self.dataworld.backoff().attempts();
        let bytes = loop {
            match self.pour(&mut file, progress).await {
                Ok(bytes) => break bytes,
                Err(DownloadError::Output(reason)) => return Err(unwritable(reason)),
                Err(error) => again(&mut attempts, error, progress).await?,
            }
            file.rewind().await.map_err(unwritable)?;
            file.set_len(0).await.map_err(unwritable)?;
        };
        file.sync_all().await.map_err(unwritable)?;
        let kept = if replace { temporary.persist(&to) } else { temporary.persist_noclobber(&to) };
        match kept {
            Ok(_) => crate::system::files::sync_folder(&to),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(DownloadError::Exists(to)),
            Err(_) if is_held_open(&to) => return Err(DownloadError::InUse(to)),
            Err(error) => return Err(unwritable(error.error)),
        }
        Ok(bytes)
    }

    /// Downloads to a program that reads it, and gives the size. What breaks off is begun again only while nothing has been
    /// handed on.
    ///
    /// # Errors
    /// When a call fails for good, the size is wrong, or nobody reads.
    pub async fn to_output(
        &self,
        output: &mut (impl AsyncWrite + Unpin),
        progress: &Progress,
    ) -> Result<u64, DownloadError> {
        let mut attempts = self.dataworld.backoff().attempts();
        loop {
            match self.pour(output, progress).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) if progress.borrow().bytes > 0 => return Err(error),
                Err(error) => again(&mut attempts, error, progress).await?,
            }
        }
    }

    /// Downloads once.
    async fn pour(&self, output: &mut (impl AsyncWrite + Unpin), progress: &Progress) -> Result<u64, DownloadError> {
        let mut download = self.dataworld.download(&self.key, &self.file, self.stall).await?;
        progress.send_replace(Fetched { bytes: 0, total: self.size.or(download.length()), retry: None });
        let mut bytes = 0;
        while let Some(piece) = download.piece().await? {
            bytes += piece.len() as u64;
            // An answer without an end would fill the disk.
            if let Some(stated) = self.size.filter(|stated| bytes > *stated) {
                return Err(DownloadError::Size { stated, came: bytes });
            }
            output.write_all(&piece).await.map_err(DownloadError::Output)?;
            progress.send_modify(|progress| progress.bytes = bytes);
        }
        output.flush().await.map_err(DownloadError::Output)?;
        match self.size {
            Some(stated) if stated != bytes => Err(DownloadError::Size { stated, came: bytes }),
            _ => Ok(bytes),
        }
    }
}

/// Waits for the next attempt, after a failure that may pass.
async fn again(attempts: &mut Attempts, error: DownloadError, progress: &Progress) -> Result<(), DownloadError> {
    let DownloadError::Api(error) = error else { return Err(error) };
    let tell = |retry| progress.send_modify(|progress| progress.retry = Some(retry));
    Ok(attempts.again(error, tell).await?)
}

/// A temporary file in the folder of `path`. What becomes of it may be read by whoever may read what a person makes;
/// temporary files are their owner's alone otherwise.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writeback-");
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(mode);
    builder.tempfile_in(crate::system::files::folder_of(path)).map_err(|error| unnamed(&error))
}

/// The error without the name of the temporary file, which nobody has asked for.
fn unnamed(error: &io::Error) -> io::Error {
    let text = error.to_string();
    io::Error::new(error.kind(), text.split(" at path ").next().unwrap_or_default())
}
