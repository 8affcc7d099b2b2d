//! What differs between operating systems: file modes, a folder's own place on the disk, the signals that end a run.
//!
//! On Windows files get the rights that their folder gives them, so a project belongs below the user's own folder; a folder
//! cannot be flushed on its own, and NTFS journals its entries; Ctrl+C and Ctrl+Break stand for SIGINT and SIGTERM.

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

    /// Which file this is, whatever it is called.
    pub(crate) fn identity(metadata: &Metadata) -> (u64, u64) {
        (metadata.dev(), metadata.ino())
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
    use std::os::windows::fs::MetadataExt as _;
    use std::path::Path;

    use tokio::signal::windows::{ctrl_break, ctrl_c};

    pub fn private_folder() -> DirBuilder {
        DirBuilder::new()
    }

    pub fn private_file() -> OpenOptions {
        OpenOptions::new()
    }

    pub fn close_to_others(_path: &Path, _mode: u32) {}

    /// By when it was made: a file that takes another's place was made later.
    pub fn identity(metadata: &Metadata) -> (u64, u64) {
        (metadata.creation_time(), 0)
    }

    pub fn flush_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn signals() -> (impl Future<Output = ()>, impl Future<Output = ()>) {
        let interrupt = ctrl_c();
        let terminate = ctrl_break();
        let interrupted = async move {
            match interrupt {
                Ok(mut signal) if signal.recv().await.is_some() => {}
                Ok(_) | Err(_) => std::future::pending().await,
            }
        };
        let terminated = async move {
            match terminate {
                Ok(mut signal) if signal.recv().await.is_some() => {}
                Ok(_) | Err(_) => std::future::pending().await,
            }
        };
        (interrupted, terminated)
    }
}
