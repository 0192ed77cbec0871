//! This process as the operating system sees it: its threads, children, memory, signals, and terminal prompts.

pub(crate) mod prompt;
pub(crate) mod signals;

use std::ffi::OsStr;
use std::io;
use std::panic;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// The least number of threads: two run tasks, others wait for disks, keys and the keyring.
const LEAST_THREADS: usize = 4;
/// A thread that has waited for a disk is kept for the next wait: under a tight limit a new one may fail.
const KEPT: Duration = Duration::from_secs(3_600);

/// Variables that hold secrets, may hold them if two were swapped, or lead to secrets.
const SECRETS: [&str; 6] = [
    "DW_AUTH_TOKEN",
    "DOMO_CLIENT_ID",
    "DOMO_CLIENT_SECRET",
    "DOMO_DEVELOPER_TOKEN",
    "DOMO_INSTANCE",
    "CREDENTIALS_DIRECTORY",
];

/// Creates the runtime of this process.
///
/// # Errors
///
/// The system allows too few threads. Tokio itself panics then, or waits forever.
pub(crate) fn runtime() -> io::Result<Runtime> {
    check_threads()?;
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(|| {
        Builder::new_multi_thread().worker_threads(2).thread_keep_alive(KEPT).enable_all().build()
    });
    panic::set_hook(hook);
    built.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::WouldBlock)))
}

fn check_threads() -> io::Result<()> {
    let gate = Mutex::new(());
    std::thread::scope(|scope| {
        let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = || drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
        let begin = |_| std::thread::Builder::new().spawn_scoped(scope, wait).map(drop);
        let begun = (0..LEAST_THREADS).try_for_each(begin);
        drop(closed);
        begun
    })
}

/// Runs blocking work, such as a wait for a disk or a lock, on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // Cancelled: the program is ending.
            Err(_) => std::future::pending().await,
        },
    }
}

/// A child process without the secrets of this one: a process's owner can read its environment, and a browser lives
/// long.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    without_secrets(&mut command);
    command
}

pub(crate) fn without_secrets(command: &mut Command) {
    for name in SECRETS {
        command.env_remove(name);
    }
}

/// Keeps secrets out of core dumps. Only the soft limit is lowered: a child has no secrets, inherits the limit, and may
/// raise it again; restoring it would take `unsafe` code between fork and exec.
pub(crate) fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum }) {
            tracing::warn!("core dumps stay allowed: {error}");
        }
    }
    // A program that core dumps are piped to gets them despite the limit; nor may others of this user read the memory.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!("the memory stays readable: {error}");
    }
}
