//! Runs the `holdfast` program as a server process.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Returns the program in a folder of its own, without the tests' environment.
pub fn holdfast(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.env_clear().current_dir(dir).env("HOLDFAST_ADDR", "127.0.0.1:0");
    command
}

/// A running server. Its log goes to a file, since a full pipe would block it.
pub struct ServerProcess {
    pub addr: String,
    process: Child,
    log: PathBuf,
}

impl ServerProcess {
    /// Starts the server, and waits until it listens.
    pub fn start(mut command: Command, dir: &Path) -> Self {
        let log = dir.join("log");
        let mut process = command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addr = line.trim().strip_prefix("Holdfast is open at http://").map(str::to_owned);
        Self { addr: addr.unwrap_or_else(|| panic!("{}", fs::read_to_string(&log).unwrap())), process, log }
    }

    /// Returns the log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Stops the server with SIGTERM, and returns its log.
    pub fn stop(mut self) -> String {
        assert!(Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
        self.log()
    }
}
