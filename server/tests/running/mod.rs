//! The program `holdfast` while it serves.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The program in a folder of its own, which knows nothing of the environment that the tests run in.
pub fn holdfast(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.env_clear().current_dir(dir).env("HOLDFAST_ADDR", "127.0.0.1:0");
    command
}

/// A server. Its log goes to a file, which is never full.
pub struct Running {
    pub addr: String,
    process: Child,
    log: PathBuf,
}

impl Running {
    /// Starts it, and waits until it is open.
    pub fn start(mut command: Command, dir: &Path) -> Self {
        let log = dir.join("log");
        let mut process = command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addr = line.trim().strip_prefix("Holdfast is open at http://").map(str::to_owned);
        Self { addr: addr.unwrap_or_else(|| panic!("{}", fs::read_to_string(&log).unwrap())), process, log }
    }

    /// Asks it to stop, and answers what it has logged.
    pub fn stop(mut self) -> String {
        assert!(Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
        fs::read_to_string(&self.log).unwrap()
    }
}
