//! `writeback sandbox`: both services on this computer, until Ctrl-C.

use std::io::Write as _;
use std::process::ExitCode;

use super::out::out;
use super::stderr::eprint_line;
use super::trouble::Trouble;
use crate::sandbox::{Fault, Options, Sandbox, rules, samples};
use crate::text::shell::Shell;
use crate::text::terminal_text::printable;

#[derive(Debug, clap::Args)]
#[command(after_long_help = rules())]
pub(super) struct SandboxArgs {
    /// The port to listen on; if left out, any free one.
    #[arg(long)]
    port: Option<u16>,
    /// Add a DataSet of this many rows, generated as it is read.
    #[arg(long)]
    rows: Option<u64>,
    /// Do something wrong to requests, such as `upload:status=503,times=2`; it can be given several times.
    ///
    /// All rules are listed below.
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<Fault>,
    /// The shell whose lines to print; if left out, sh, or powershell on Windows.
    #[arg(long, value_enum)]
    shell: Option<Shell>,
}

pub(super) async fn sandbox(args: &SandboxArgs) -> Result<ExitCode, Trouble> {
    let options = Options { port: args.port, rows: args.rows, ..Options::default() };
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| Trouble::failed(format!("The sandbox could not start: {error}. Try another --port.")))?;
    for fault in &args.faults {
        sandbox.fault(fault.clone());
    }
    // The addresses are this computer's and the tokens open nothing but the sandbox, so they may be printed. They go to
    // standard error, because a program or the shell itself may read standard output.
    eprint_line("It knows these credentials:");
    for (purpose, variables) in samples::CREDENTIALS {
        eprint_line(&format!("  {purpose}"));
        variables.iter().for_each(|(name, value)| eprint_line(&format!("    {name}={value}")));
    }
    if !args.faults.is_empty() {
        eprint_line("\nIt does this wrong:");
        args.faults.iter().for_each(|fault| eprint_line(&format!("  {}", printable(&fault.to_string()))));
    }
    eprint_line(&format!(
        "\nDomo and data.world are served at {} until Ctrl-C. To use them, enter these lines in another terminal:",
        sandbox.domo_url()
    ));
    let (shell, mut out) = (args.shell.unwrap_or(Shell::HERE), out());
    for (name, value) in sandbox.environment() {
        writeln!(out, "{}", shell.assignment(name, &value)).map_err(Trouble::unwritten)?;
    }
    out.flush().map_err(Trouble::unwritten)?;
    super::interrupt::interruption().await;
    Ok(ExitCode::SUCCESS)
}
