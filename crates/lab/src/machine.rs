//! A machine: its own mounts, processes and host name on a shared root file
//! system, in a network namespace. Its first process only waits and buries the
//! dead, so that services can be stopped and started while the machine stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::plan::Base;
use crate::process::{self, Process};
use crate::{rootfs, state};

/// Builds the machine's view of the file system and then waits for ever. The
/// tmpfs on /run is needed because several Sambas share the root file system
/// and would find each other's pid files.
const INIT: &str = r#"
set -e
root=$1 data=$2 log=$3 etc=$4 name=$5
mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind "$data" "$root/data"
mount --bind "$log" "$root/log"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/run/samba" "$root/run/lock"
# Private copies of what the packages put there: some programs want their directories.
for dir in var/log var/lib/samba var/cache/samba; do
  if [ -d "$root/$dir" ]; then
    cp -a -T "$root/$dir" "$root/run/seed"
    mount -t tmpfs -o mode=755 tmpfs "$root/$dir"
    cp -a -T "$root/run/seed" "$root/$dir"
    rm -r "$root/run/seed"
  fi
done
for file in resolv.conf hosts; do
  [ -e "$root/etc/$file" ] || : > "$root/etc/$file"
  mount --bind "$etc/$file" "$root/etc/$file"
done
hostname "$name"
cd /
exec chroot "$root" perl -e 'use POSIX; $SIG{CHLD} = $SIG{TERM} = $SIG{INT} = $SIG{HUP} = "IGNORE"; open(my $f, ">", "/run/ready"); close($f); POSIX::pause() while 1'
"#;

/// What is known of a running machine; kept in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) name: String,
    outer: Process,
    init: Process,
}

/// What a machine is made of.
pub(crate) struct Setup<'a> {
    pub(crate) name: &'a str,
    /// Network namespace; none for the machine's own.
    pub(crate) netns: Option<&'a str>,
    pub(crate) base: Base,
    pub(crate) data: &'a Path,
    pub(crate) resolv_conf: &'a str,
    pub(crate) hosts: &'a str,
}

fn dir(name: &str) -> Result<PathBuf> {
    state::state_dir(&format!("machines/{name}"))
}

impl Machine {
    /// The machine of this name, when it runs.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let file = state::state()
            .join("machines")
            .join(name)
            .join("machine.json");
        let machine: Self = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        machine.init.alive().then_some(machine)
    }

    /// The machine of this name, or an error that says what to do.
    pub(crate) fn get(name: &str) -> Result<Self> {
        Self::find(name).with_context(|| {
            format!("the lab's machine {name} does not run: repair it with `cargo xtask lab up`")
        })
    }

    /// Starts a machine with no service in it.
    pub(crate) fn start(setup: &Setup<'_>) -> Result<Self> {
        let dir = dir(setup.name)?;
        state::write(
            &dir.join("resolv.conf"),
            0o644,
            setup.resolv_conf.as_bytes(),
        )?;
        state::write(&dir.join("hosts"), 0o644, setup.hosts.as_bytes())?;
        let log = state::state_dir(&format!("log/{}", setup.name))?;
        let out = fs::File::create(log.join("machine.log")).context("cannot make a log")?;
        let mut command = Command::new("setsid");
        if let Some(netns) = setup.netns {
            command.args(["ip", "netns", "exec", netns]);
        }
        command.args([
            "unshare",
            "-m",
            "-u",
            "-p",
            "-f",
            "--kill-child",
            "sh",
            "-c",
            INIT,
            "sh",
        ]);
        command
            .arg(rootfs::path(setup.base))
            .arg(setup.data)
            .arg(&log)
            .arg(&dir)
            .arg(setup.name);
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        let child = command.spawn().context("cannot start setsid")?;
        let machine = Self::wait_ready(setup.name, child.id(), &log)?;
        let json = serde_json::to_vec(&machine)?;
        state::write(&dir.join("machine.json"), 0o600, &json)?;
        Ok(machine)
    }

    fn wait_ready(name: &str, pid: u32, log: &Path) -> Result<Self> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let init = process::children(pid)
                .first()
                .and_then(|pid| Process::of(*pid));
            if let (Some(outer), Some(init)) = (Process::of(pid), init) {
                let ready = format!("/proc/{}/root/run/ready", init.pid);
                if Path::new(&ready).exists() {
                    return Ok(Self {
                        name: name.to_owned(),
                        outer,
                        init,
                    });
                }
            }
            if Instant::now() > deadline || process::run_state(pid).is_none_or(|s| s == 'Z') {
                let said = fs::read_to_string(log.join("machine.log")).unwrap_or_default();
                bail!("the machine {name} does not start: {}", said.trim());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A command that will run inside the machine.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args([
            "-t",
            &self.init.pid.to_string(),
            "-m",
            "-u",
            "-n",
            "-p",
            "-r",
            "-w",
        ]);
        command.arg("--").arg(program);
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("HOME", "/root").env("LC_ALL", "C.UTF-8");
        command
    }

    /// Every process in the machine but the first, by the machine's own
    /// process namespace: nothing else can be meant.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let Ok(own) = fs::read_link(format!("/proc/{}/ns/pid", self.init.pid)) else {
            return Vec::new();
        };
        let inside = |pid: &u32| {
            *pid != self.init.pid
                && fs::read_link(format!("/proc/{pid}/ns/pid")).is_ok_and(|link| link == own)
        };
        process::all().filter(inside).collect()
    }

    /// Whether a program of this name runs in the machine.
    pub(crate) fn runs(&self, program: &str) -> bool {
        let named = |pid: u32| {
            fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|c| c.trim().starts_with(program))
        };
        let live = |pid: u32| process::run_state(pid).is_some_and(|s| s != 'Z');
        self.processes()
            .into_iter()
            .any(|pid| named(pid) && live(pid))
    }

    /// Whether a process of the machine has loaded a library whose path contains
    /// `name`.
    pub(crate) fn has_loaded(&self, name: &str) -> bool {
        self.processes().into_iter().any(|pid| {
            fs::read_to_string(format!("/proc/{pid}/maps")).is_ok_and(|maps| maps.contains(name))
        })
    }

    /// Stops or continues every process but the first.
    pub(crate) fn freeze(&self, frozen: bool) -> Result<()> {
        let name = if frozen { "STOP" } else { "CONT" };
        // Twice, because a process may fork while the list is read.
        for _ in 0..2 {
            process::signal(name, &self.processes())?;
        }
        Ok(())
    }

    /// Ends every process but the first: politely first, so that databases are closed.
    pub(crate) fn end_services(&self) -> Result<()> {
        self.freeze(false)?;
        let deadline = Instant::now() + Duration::from_secs(5);
        process::signal("TERM", &self.processes())?;
        loop {
            let left: Vec<_> = self
                .processes()
                .into_iter()
                .filter(|pid| process::run_state(*pid).is_some_and(|s| s != 'Z'))
                .collect();
            if left.is_empty() {
                return Ok(());
            }
            if Instant::now() > deadline + Duration::from_secs(5) {
                bail!("processes {left:?} of {} do not end", self.name);
            }
            if Instant::now() > deadline {
                process::signal("KILL", &left)?;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the machine with all in it.
    pub(crate) fn end(&self) -> Result<()> {
        self.init.kill()?;
        self.outer.kill()
    }
}
