//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().unwrap_or_else(|_| std::process::exit(1));
    match runtime.block_on(demo()) {
        Ok(writeback::tui::Ended::Left) => ExitCode::SUCCESS,
        Ok(writeback::tui::Ended::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> std::io::Result<writeback::tui::Ended> {
    use writeback::config::{Addresses, Config, Environment, Limits};
    let options =
        writeback::sandbox::Options { bandwidth: Some(2_000_000), rows: Some(2_000_000), ..Default::default() };
    let sandbox = writeback::sandbox::Sandbox::start(options).await?;
    let variables = sandbox.environment();
    let environment = Environment::read(|name| {
        variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| value.clone())
    });
    let addresses = Addresses::new(&Config::default(), &environment).map_err(std::io::Error::other)?;
    let limits = Limits::default();
    let home = tempfile::tempdir()?;
    let tools = writeback::tui::Tools {
        services: writeback::services::Services::new(addresses, &limits).map_err(std::io::Error::other)?,
        limits,
        environment: environment.clone(),
        accounts: home.path().join("accounts.toml"),
        exports: home.path().join("exports"),
        spool_folder: std::env::temp_dir(),
        vault: Some(writeback::accounts::Vault::session_only("This is the demo.")),
    };
    let start = writeback::wizard::Start {
        environment,
        accounts: Vec::new(),
        today: chrono::Local::now().date_naive(),
        demo: true,
    };
    writeback::tui::show(start, tools).await
}
