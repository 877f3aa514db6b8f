//! One PostgreSQL server on loopback, with its data in a folder of its own.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::{Run, ports};
use crate::command::{run_logged, tail};
use crate::supervise::Supervised;

const START_LIMIT: Duration = Duration::from_mins(1);
/// Who runs the server where the tests run as root, which PostgreSQL refuses: `nobody`.
const NOBODY: u32 = 65_534;
/// Unpacks the archive in the jar of its second argument to the folder of its first.
const UNPACK: &str = "
import io, sys, tarfile, zipfile
with zipfile.ZipFile(sys.argv[2]) as jar:
    name = next(n for n in jar.namelist() if n.endswith('.txz'))
    with tarfile.open(fileobj=io.BytesIO(jar.read(name)), mode='r:xz') as archive:
        archive.extractall(sys.argv[1], filter='tar')
";

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    _process: Supervised,
    _folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts a server whose database `postgres` has what `statements` make, one a line.
    pub fn start(run: &Run, statements: &[String]) -> Result<Self> {
        // Not below the run's folder: its owner alone may enter that.
        let folder = tempfile::Builder::new()
            .prefix("streamc-engines-postgres-")
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir()?;
        crate::supervise::remove_on_interrupt(folder.path().to_owned());
        let logs = run.subfolder("postgres")?;
        let server = folder.path().join("server");
        std::fs::create_dir(&server)?;
        let mut unpack = Command::new(run.cache().client_python());
        unpack.args(["-c", UNPACK]).arg(&server).arg(archive(&run.cache().postgres())?);
        run_logged(&mut unpack, &logs.join("unpack.log"), START_LIMIT).context("cannot unpack PostgreSQL")?;

        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700))?;
        let is_root = std::fs::metadata(folder.path())?.uid() == 0;
        if is_root {
            chown(&data, Some(NOBODY), Some(NOBODY))?;
        }
        let program = |name: &str, first: &[&str]| {
            let mut command = Command::new(server.join("bin").join(name));
            command.args(first).arg("-D").arg(&data).current_dir(folder.path());
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            command
        };
        let mut initialise = program("initdb", &[]);
        initialise.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]);
        run_logged(&mut initialise, &logs.join("initdb.log"), START_LIMIT)
            .context("cannot make a database")?;
        let mut single = program("postgres", &["--single"]);
        single.arg("postgres");
        fill(&mut single, statements, &logs.join("fill.log"))?;

        let [port] = ports::free::<1>()?;
        let mut command = program("postgres", &[]);
        command.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        command.args(["-c", "unix_socket_directories="]);
        let log = logs.join("server.log");
        let out = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let mut process = Supervised::spawn(&mut command)?;
        let deadline = Instant::now() + START_LIMIT;
        while !std::fs::read_to_string(&log).is_ok_and(|text| text.contains("ready to accept connections")) {
            if let Some(status) = process.ended()? {
                bail!("PostgreSQL ended while starting ({status})\n{}", tail(&log, 20));
            }
            ensure!(Instant::now() < deadline, "PostgreSQL did not start in time\n{}", tail(&log, 20));
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { port, _process: process, _folder: folder })
    }

    /// The address for JDBC; user `postgres`, any password.
    pub fn url(&self) -> String {
        format!("jdbc:postgresql://127.0.0.1:{}/postgres", self.port)
    }
}

/// The jar with the server for this machine.
fn archive(folder: &Path) -> Result<PathBuf> {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "linux-amd64",
        "aarch64" => "linux-arm64v8",
        other => bail!("there is no PostgreSQL for {other} in the cache"),
    };
    let start = format!("embedded-postgres-binaries-{machine}-");
    let names = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = names.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start)))
        .with_context(|| format!("no {start}… in {}", folder.display()))
}

/// Gives the statements to a server of one session.
fn fill(single: &mut Command, statements: &[String], log: &Path) -> Result<()> {
    let out = File::create(log)?;
    single.stdin(Stdio::piped()).stdout(out.try_clone()?).stderr(out);
    let mut process = Supervised::spawn(single)?;
    let mut input = process.take_stdin().context("the server takes no input")?;
    for statement in statements {
        writeln!(input, "{statement}")?;
    }
    drop(input);
    let status = process.wait(START_LIMIT)?.context("the statements took too long")?;
    let said = std::fs::read_to_string(log)?;
    ensure!(status.success() && !said.contains("ERROR:"), "{status}\n{}", tail(log, 20));
    Ok(())
}
