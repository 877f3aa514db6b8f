//! Flink's own SQL client against the session cluster.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::FlinkCluster;
use super::flink_cluster::log_properties;
use crate::command;

const LIMIT: Duration = Duration::from_mins(3);

impl FlinkCluster {
    /// Gives a script to `bin/sql-client.sh -f` and returns the ids of the jobs that it started. The client ends with 0
    /// whatever happens, so an error is looked for in what it prints.
    pub fn run_script(&self, script: &Path) -> Result<Vec<String>> {
        let flink = self.cache().flink_home();
        let conf = self.folder().join("conf");
        let log = log_properties(&self.folder().join("log"), "sql-client");
        std::fs::write(conf.join("log4j-cli.properties"), log)?;
        // The client writes its history into the home folder.
        let home = tempfile::Builder::new().prefix("home").tempdir_in(self.folder())?;
        let mut client = Command::new("bash");
        client.arg(flink.join("bin/sql-client.sh")).arg("-f").arg(script);
        client.current_dir(home.path()).env("HOME", home.path());
        client.env("FLINK_CONF_DIR", &conf).env("FLINK_LOG_DIR", self.folder().join("log"));
        client.env("JVM_ARGS", format!("-Xmx256m -Duser.home={}", home.path().display()));
        let said = command::output(&mut client, LIMIT)?;
        read(&said).with_context(|| format!("Flink's SQL client and {}", script.display()))
    }
}

/// The jobs in the client's output.
fn read(said: &str) -> Result<Vec<String>> {
    if said.contains("[ERROR]") {
        let from = said.lines().position(|line| line.contains("[ERROR]")).unwrap_or(0).saturating_sub(10);
        let end: Vec<&str> = said.lines().skip(from).take(60).collect();
        bail!("a statement failed:\n{}", end.join("\n"));
    }
    Ok(said.lines().filter_map(|line| line.strip_prefix("Job ID: ")).map(|id| id.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_jobs_are_read_and_an_error_is_shown_with_what_stands_around_it() {
        let said = "Flink SQL> INSERT …\n[INFO] SQL update statement has been successfully submitted to the cluster:\n\
                    Job ID: 0c4f\n\nFlink SQL>\n";
        assert_eq!(read(said).unwrap(), ["0c4f"]);
        let error = read(
            "Flink SQL> SELEC 1;\n[ERROR] Could not execute SQL statement. Reason:\nx.ParseException: y\n",
        );
        assert!(error.unwrap_err().to_string().ends_with("Reason:\nx.ParseException: y"));
    }
}
