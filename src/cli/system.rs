//! What differs between operating systems: file modes, a folder's own place on the disk, the signals that end a run.
//!
//! On Windows files get the rights that their folder gives them, so a project belongs below the user's own folder; a
//! folder cannot be flushed on its own, and NTFS journals its entries; Ctrl+C and Ctrl+Break take the place of SIGINT
//! and SIGTERM.

pub(super) use these::{close_to_others, flush_folder, identity, private_file, private_folder, signals};

#[cfg(unix)]
mod these {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Makes folders that only their owner can enter.
    pub(crate) fn private_folder() -> DirBuilder {
        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        builder
    }

    /// Opens files that only their owner can read once they are made.
    pub(crate) fn private_file() -> OpenOptions {
        let mut options = OpenOptions::new();
        options.mode(0o600);
        options
    }

    /// Takes what others may do away. Not ours to change means not ours to protect: then it stays as it is.
    pub(crate) fn close_to_others(path: &Path, mode: u32) {
        let is_open = std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
        if is_open {
            let _ = std::fs::set_permissions(path, Permissions::from_mode(mode));
        }
    }

    /// Which file this is, whatever its name, where the system can say.
    #[expect(clippy::unnecessary_wraps, reason = "Windows cannot say")]
    pub(crate) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
        Some((metadata.dev(), metadata.ino()))
    }

    /// Brings the entries of a folder onto the disk.
    #[expect(clippy::disallowed_methods, reason = "a folder of the program's own")]
    pub(crate) fn flush_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    /// SIGINT and SIGTERM, listened for from now on; each ends when it comes.
    pub(crate) fn signals() -> (impl Future<Output = ()>, impl Future<Output = ()>) {
        let interrupt = signal(SignalKind::interrupt());
        let terminate = signal(SignalKind::terminate());
        (heard(interrupt), heard(terminate))
    }

    /// Never ends for a signal that cannot be listened for: it then ends the program as it ends others.
    async fn heard(signal: io::Result<Signal>) {
        if let Ok(mut signal) = signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(not(unix))]
mod these {
    use std::fs::{DirBuilder, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;

    use tokio::signal::windows::{ctrl_break, ctrl_c};

    pub(crate) fn private_folder() -> DirBuilder {
        DirBuilder::new()
    }

    pub(crate) fn private_file() -> OpenOptions {
        OpenOptions::new()
    }

    pub(crate) fn close_to_others(_path: &Path, _mode: u32) {}

    /// Nothing says which file this is: one that takes another's name within 15 seconds gets its time of creation too.
    pub(crate) fn identity(_: &Metadata) -> Option<(u64, u64)> {
        None
    }

    pub(crate) fn flush_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn signals() -> (impl Future<Output = ()>, impl Future<Output = ()>) {
        let interrupt = ctrl_c();
        let terminate = ctrl_break();
        let interrupted = async move {
            if let Ok(mut signal) = interrupt
                && signal.recv().await.is_some()
            {
                return;
            }
            std::future::pending::<()>().await;
        };
        let terminated = async move {
            if let Ok(mut signal) = terminate
                && signal.recv().await.is_some()
            {
                return;
            }
            std::future::pending::<()>().await;
        };
        (interrupted, terminated)
    }
}
