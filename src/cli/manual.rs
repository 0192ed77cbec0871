//! `writeback man`, and all that the help and the manual say beside the options: examples, variables, files, exit codes.
//!
//! Each of these facts stands here once. `--help`, the manual pages and `docs/configuration.md` are made from it.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Command, CommandFactory as _};
use roff::{Roff, bold, roman};

use super::out::out;
use super::trouble::Trouble;

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write one page per command into this folder instead of printing the main page.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// Examples of a command: what a line does, and the line.
type Examples = &'static [(&'static str, &'static str)];

/// The examples of each command, under its name without `writeback`.
const EXAMPLES: &[(&str, Examples)] = &[
    (
        "",
        &[
            ("See it work, without an account", "writeback demo"),
            ("Set up an export on the screen", "writeback new"),
            ("Run it", "writeback run daily-sales"),
        ],
    ),
    (
        "new",
        &[
            ("Set up an export on the screen", "writeback new"),
            ("Answer questions line by line instead", "writeback new --plain"),
        ],
    ),
    ("edit", &[("Change the export daily-sales", "writeback edit daily-sales")]),
    ("demo", &[("Try everything", "writeback demo"), ("Watch one export, without the screen", "writeback demo --run")]),
    (
        "run",
        &[
            ("Run two saved exports, one after the other", "writeback run daily-sales returns"),
            ("See what a run would replace, without sending anything", "writeback run daily-sales --dry-run"),
            ("Run a definition that is no saved export", "writeback run ./exports/daily-sales.toml"),
            ("Give the result to a program", "writeback run daily-sales --json"),
        ],
    ),
    (
        "check",
        &[
            ("Test all accounts and the way to both services", "writeback check"),
            ("Test an export: its accounts, DataSet, dataset and file", "writeback check daily-sales"),
        ],
    ),
    (
        "history",
        &[
            ("Show the last runs of all exports", "writeback history"),
            ("Show the last 100 runs of one, with its figures", "writeback history daily-sales --limit 100"),
            ("Print the report on the last run, for a support ticket", "writeback history daily-sales --ticket"),
        ],
    ),
    (
        "ls",
        &[("List the datasets you can see", "writeback ls"), ("List the files of one", "writeback ls acme/sales-mart")],
    ),
    (
        "get",
        &[
            ("Download a file into this folder", "writeback get acme/sales-mart daily-sales.csv"),
            (
                "Download by the link of a file's page",
                "writeback get https://data.world/acme/sales-mart/workspace/file?filename=daily-sales.csv",
            ),
            ("Name another place for it", "writeback get acme/sales-mart daily-sales.csv -o ~/sales.csv"),
            ("Give it to a program", "writeback get acme/sales-mart daily-sales.csv -o -"),
        ],
    ),
    ("accounts", &[("Save a data.world account", "writeback accounts add data.world --name acme")]),
    ("accounts list", &[("List the saved accounts", "writeback accounts list")]),
    (
        "accounts add",
        &[
            ("Save a data.world account; you are asked for its token", "writeback accounts add data.world --name acme"),
            (
                "Save a Domo client; you are asked for its secret",
                "writeback accounts add domo --name acme --client-id 5f0c7a6e-9d1b-4c2e-8a35-1b7d9e4f6a02",
            ),
            (
                "Save a Domo access token; you are asked for it",
                "writeback accounts add domo --name acme --instance acme",
            ),
        ],
    ),
    (
        "accounts replace",
        &[("Give an account a new token; you are asked for it", "writeback accounts replace data.world acme")],
    ),
    (
        "accounts test",
        &[("Test all accounts", "writeback accounts test"), ("Test one", "writeback accounts test data.world acme")],
    ),
    ("accounts rename", &[("Rename an account", "writeback accounts rename data.world acme acme-sales")]),
    (
        "accounts move",
        &[(
            "Let all exports of one account use another",
            "writeback accounts move data.world --from acme --to acme-sales",
        )],
    ),
    ("accounts remove", &[("Remove an account and its secret", "writeback accounts remove data.world acme")]),
    ("exports", &[("List the saved exports", "writeback exports list")]),
    ("exports list", &[("List the saved exports", "writeback exports list")]),
    (
        "exports show",
        &[
            ("Print a definition", "writeback exports show daily-sales"),
            ("Print an example with every key", "writeback exports show --example"),
        ],
    ),
    ("exports rename", &[("Rename an export", "writeback exports rename daily-sales sales")]),
    ("exports remove", &[("Remove an export", "writeback exports remove daily-sales")]),
    (
        "schedule",
        &[
            ("Install a schedule on this computer", "writeback schedule daily-sales --install"),
            ("Remove it", "writeback schedule daily-sales --remove"),
            ("Print the line for a crontab", "writeback schedule daily-sales --to cron"),
            ("Print a CronJob for Kubernetes", "writeback schedule daily-sales --to kubernetes"),
            ("List what is installed here", "writeback schedule --list"),
        ],
    ),
    (
        "sandbox",
        &[
            ("Start both services, simulated", "writeback sandbox"),
            ("Fail the first two uploads", "writeback sandbox --fault upload:status=503,times=2"),
        ],
    ),
    ("completions", &[("Complete commands and exports in bash", "writeback completions bash")]),
    (
        "man",
        &[("Print the manual page", "writeback man"), ("Write the pages of all commands", "writeback man --dir man")],
    ),
];

/// Variables that are read, and what they are. In Markdown.
const VARIABLES: &[(&str, &str)] = &[
    ("`DW_AUTH_TOKEN`", "data.world API token"),
    ("`DOMO_CLIENT_ID`, `DOMO_CLIENT_SECRET`", "a client of Domo's API"),
    ("`DOMO_DEVELOPER_TOKEN`, `DOMO_INSTANCE`", "or an access token (Domo's API calls it developer token)"),
    ("`WRITEBACK_HOME`", "one folder for all of Writeback's files"),
    (
        "`WRITEBACK_DATAWORLD_URL`, `WRITEBACK_DOMO_URL`",
        "other addresses of the services, such as a private instance's",
    ),
    (
        "`HTTPS_PROXY`, else `ALL_PROXY`",
        "a company's proxy: `http://USER:PASSWORD@proxy:8080`; `https`, `socks4`, `socks4a`, `socks5` and `socks5h` too. \
         A user such as `CORP\\jdoe` and any character in a password may stand as it is",
    ),
    (
        "`NO_PROXY`",
        "hosts that are called without it, with commas between them: `data.world`, `.data.world` and `*.data.world` \
         stand for it and all below it, as with curl; `host:443`, `https://host/`, `*`; networks as `10.0.0.0/8`, \
         `10.0.0.0/255.0.0.0` or `[fd00::]/8`. An address is in no name: `2.3` does not stand for `10.1.2.3`. \
         `writeback check` tells which entries are not understood",
    ),
    ("`TMPDIR`", "where exports are kept on their way, if `[spool]` in `config.toml` says nothing"),
    (
        "`SSL_CERT_FILE`",
        "on Linux, certificates to trust instead of the system's; `ca_file` in `config.toml` adds to them",
    ),
    (
        "`CREDENTIALS_DIRECTORY`",
        "set by systemd: an account's secret is read from `domo.NAME` or `data.world.NAME` in it",
    ),
    ("`WRITEBACK_LOG`", "how much is logged: `off`, `error`, `warn`, `info`, `debug`"),
    ("`NO_COLOR`", "no colors"),
];

/// Writeback's own files on Linux, and what is in them. In Markdown.
const FILES: &[(&str, &str)] = &[
    ("`~/.config/writeback/config.toml`", "settings"),
    ("`~/.config/writeback/exports/`", "the definitions of saved exports"),
    ("`~/.config/writeback/accounts.toml`", "names of accounts; their secrets are in the keyring"),
    ("`~/.local/state/writeback/`", "history and log"),
    ("`~/Library/Application Support/writeback`", "all of these on macOS"),
];

const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done, or nothing to do"),
    (1, "failed"),
    (2, "wrong usage or definition"),
    (3, "credentials missing or refused"),
    (4, "a check refused the export: rows missing, the file would shrink, not an owner"),
    (130, "cancelled: by Ctrl-C, or by a signal that asks it to end"),
];

/// The command line with its examples and exit codes.
pub(super) fn described() -> Command {
    let command = with_examples(super::Cli::command(), "");
    let (head, codes) = (command.get_styles().get_header(), EXIT_CODES.iter());
    let codes = codes.map(|(code, meaning)| format!("\n  {code:>3}  {meaning}")).collect::<String>();
    let after = command.get_after_help().map(|after| after.ansi().to_string()).unwrap_or_default();
    let help = format!("{after}\n\n{head}Exit codes:{head:#}{codes}");
    command.after_help(help)
}

/// Adds examples to a command, whose name without `writeback` is `name`, and to its subcommands.
fn with_examples(command: Command, name: &str) -> Command {
    let after = match (examples(name), command.get_after_help()) {
        (None, _) => None,
        (Some(examples), None) => Some(help(&command, examples)),
        (Some(examples), Some(after)) => Some(format!("{}\n\n{}", help(&command, examples), after.ansi())),
    };
    let below: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let command = below.into_iter().fold(command, |command, below| {
        let name = format!("{name} {below}");
        command.mut_subcommand(below, |command| with_examples(command, name.trim_start()))
    });
    match after {
        Some(after) => command.after_help(after),
        None => command,
    }
}

fn examples(name: &str) -> Option<Examples> {
    EXAMPLES.iter().find(|(command, _)| *command == name).map(|(_, examples)| *examples)
}

fn help(command: &Command, examples: Examples) -> String {
    let head = command.get_styles().get_header();
    let line = command.get_styles().get_literal();
    let examples = examples.iter().map(|(what, example)| format!("\n  {what}:\n    {line}{example}{line:#}"));
    format!("{head}Examples:{head:#}{}", examples.collect::<String>())
}

pub(super) fn man(args: &ManArgs) -> Result<ExitCode, Trouble> {
    let mut command = super::Cli::command().disable_help_subcommand(true);
    command.build();
    match &args.dir {
        None => page(&command, "").and_then(|page| out().write_all(&page)).map_err(Trouble::unwritten)?,
        Some(folder) => {
            let written = std::fs::create_dir_all(folder).and_then(|()| write_pages(&command, "", folder));
            written.map_err(|error| {
                Trouble::failed(format!("The pages could not be written to {}: {error}.", folder.display()))
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of a command and its subcommands.
fn write_pages(command: &Command, name: &str, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write_pages(below, format!("{name} {}", below.get_name()).trim_start(), folder)?;
    }
    let file = command.get_display_name().unwrap_or_else(|| command.get_name());
    std::fs::write(folder.join(format!("{file}.1")), page(command, name)?)
}

fn page(command: &Command, name: &str) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // A blank for the date: an empty one is left out, and the next field would take its place.
    let man = clap_mangen::Man::new(command.clone()).date(" ").source(concat!("Writeback ", env!("CARGO_PKG_VERSION")));
    let man = man.manual("Writeback");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if command.get_after_help().or_else(|| command.get_after_long_help()).is_some() {
        man.render_extra_section(&mut page)?;
    }
    let mut rest = Roff::new();
    let exit_codes = EXIT_CODES.iter().map(|(code, meaning)| (code.to_string(), *meaning));
    section(&mut rest, "EXIT STATUS", exit_codes);
    section(&mut rest, "ENVIRONMENT", VARIABLES.iter().map(|(name, what)| (name.replace('`', ""), *what)));
    section(&mut rest, "FILES", FILES.iter().map(|(name, what)| (name.replace('`', ""), *what)));
    if let Some(examples) = examples(name) {
        section(&mut rest, "EXAMPLES", examples.iter().map(|(what, line)| ((*line).to_owned(), *what)));
    }
    rest.to_writer(&mut page)?;
    Ok(page)
}

fn section<'a>(page: &mut Roff, title: &str, entries: impl Iterator<Item = (String, &'a str)>) {
    page.control("SH", [title]);
    for (name, meaning) in entries {
        page.control("TP", []).text([bold(name)]).text([roman(meaning.replace('`', ""))]);
    }
}

/// The tables of `docs/configuration.md`: variables and exit codes.
pub fn tables_markdown() -> [String; 2] {
    let variables = VARIABLES.iter().map(|(name, what)| format!("| {name} | {what} |\n"));
    let codes = EXIT_CODES.iter().map(|(code, meaning)| format!("| {code} | {meaning} |\n"));
    [
        format!("| variable | what it is |\n|---|---|\n{}", variables.collect::<String>()),
        format!("| exit code | meaning |\n|---|---|\n{}", codes.collect::<String>()),
    ]
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;
    use crate::cli::Cli;
    use crate::cli::exit::Exit;
    use crate::config::Paths;

    /// The commands that run something, by their names without `writeback`.
    fn leaves(command: &Command, name: &str) -> Vec<String> {
        let below = command.get_subcommands().filter(|below| below.get_name() != "help");
        let below: Vec<String> =
            below.flat_map(|below| leaves(below, format!("{name} {}", below.get_name()).trim_start())).collect();
        // `accounts add` has a subcommand for each service; its own help has their examples.
        if below.is_empty() || name == "accounts add" { vec![name.to_owned()] } else { below }
    }

    #[test]
    fn every_command_has_examples() {
        for name in leaves(&Cli::command(), "") {
            assert!(examples(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn every_example_is_a_command_that_is_understood() {
        for (name, examples) in EXAMPLES {
            for (_, line) in *examples {
                let matches = described().try_get_matches_from(line.split(' '));
                let cli = matches.map(|matches| Cli::from_arg_matches(&matches));
                assert!(matches!(cli, Ok(Ok(_))), "{line}");
                assert!(line.starts_with(format!("writeback {name}").trim_end()), "{line} is not of {name}");
            }
        }
    }

    #[test]
    fn help_shows_examples_and_what_follows_them() {
        let help = described().render_help().to_string();
        let (examples, rest) = help.split_once("Exit codes:\n    0  done").unwrap();
        assert!(examples.contains("Examples:\n  See it work, without an account:\n    writeback demo\n"), "{help}");
        assert!(rest.contains("\n  130  cancelled"), "{help}");
        let run = described().find_subcommand_mut("run").unwrap().render_help().to_string();
        assert!(run.contains("    writeback run daily-sales --dry-run"), "{run}");
    }

    #[test]
    fn exit_codes_are_those_of_the_program() {
        let all = [Exit::Done, Exit::Failed, Exit::Usage, Exit::Credentials, Exit::Refused, Exit::Cancelled];
        assert_eq!(EXIT_CODES.iter().map(|(code, _)| *code).collect::<Vec<_>>(), all.map(Exit::code));
    }

    #[test]
    fn files_are_called_as_the_program_calls_them() {
        let paths = Paths::find(Some("writeback".into())).unwrap();
        for path in [paths.config_file(), paths.exports(), paths.accounts()] {
            let path = path.display().to_string().replace('\\', "/");
            assert!(FILES.iter().any(|(file, _)| file.trim_matches(['`', '/']).ends_with(&path)), "{path}");
        }
    }

    #[test]
    fn a_page_has_the_sections_of_a_manual() {
        let command = described();
        let run = command.find_subcommand("run").unwrap();
        let page = String::from_utf8(page(run, "run").unwrap()).unwrap();
        for section in ["NAME", "SYNOPSIS", "OPTIONS", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES", "EXAMPLES"] {
            assert!(page.contains(&format!(".SH {section}\n")), "{section}: {page}");
        }
    }
}
