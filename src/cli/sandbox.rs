//! `writeback sandbox`: both services on this computer, until Ctrl-C.

use std::io::Write as _;
use std::process::ExitCode;

use super::out::out;
use super::say::say;
use super::trouble::Trouble;
use crate::sandbox::{Options, Sandbox};

/// Arguments of `sandbox`.
#[derive(Debug, clap::Args)]
pub(super) struct SandboxArgs {
    /// The port to listen on; if left out, any free one.
    #[arg(long)]
    port: Option<u16>,
    /// Add a DataSet of this many rows, generated as it is read.
    #[arg(long)]
    rows: Option<u64>,
}

pub(super) async fn sandbox(args: &SandboxArgs) -> Result<ExitCode, Trouble> {
    let options = Options { port: args.port, rows: args.rows, ..Options::default() };
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| Trouble::failed(format!("The sandbox could not start: {error}. Try another --port.")))?;
    // The addresses are this computer's and the tokens open nothing but the sandbox, so they may be printed.
    // On standard error: what goes to standard output may be read by a program, or by the shell itself.
    say(&format!(
        "Domo and data.world are served at {} until Ctrl-C. To use them, enter these lines in another terminal:",
        sandbox.domo_url()
    ));
    let mut out = out();
    for (name, value) in sandbox.environment() {
        writeln!(out, "export {name}={value}").map_err(Trouble::unwritten)?;
    }
    out.flush().map_err(Trouble::unwritten)?;
    super::interrupt::interruption().await;
    Ok(ExitCode::SUCCESS)
}
