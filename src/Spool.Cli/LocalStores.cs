using Microsoft.Extensions.Logging;

namespace Spool.Cli;

/// <summary>The one place where the command line names a concrete store.</summary>
static class LocalStores
{
    /// <summary>Opens the store of a home.</summary>
    /// <param name="location">The home and the folder of its index.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Gets how far the first indexing is.</param>
    /// <param name="notice">Gets a sentence when the index cannot be kept in its file.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the home does not exist, and never did as
    /// far as is known.</exception>
    public static IThreadStore Open(
        StoreLocation location,
        TimeProvider time,
        IProgress<IndexProgress> progress,
        Action<string>? notice = null
    )
    {
        var options = new LocalThreadStoreOptions
        {
            Home = location.Home,
            CacheDirectory = location.CacheDirectory,
            CodexSqliteHome = location.CodexSqliteHome,
            UserFolder = location.UserFolder,
            Time = time,
            Progress = progress,
            IndexingThreads = Math.Clamp(Environment.ProcessorCount, 1, 64),
            Notice = notice,
            Program = "spool",
        };
        // One that was there is opened, and says itself what is missing.
        if (!Directory.Exists(location.Home) && !LocalThreadStore.IsKnown(options))
            throw ThreadStoreException.InvalidRequest(
                $"There is no folder {location.Home}; name the Codex home with --home or CODEX_HOME."
            );
        return LocalThreadStore.Open(options);
    }

    /// <summary>Says whether a home was there, as its index knows, and is not now.</summary>
    /// <param name="location">The home and the folder of its index.</param>
    public static bool IsAway(StoreLocation location) =>
        !Path.Exists(location.Home)
        && LocalThreadStore.IsKnown(new LocalThreadStoreOptions { Home = location.Home, CacheDirectory = location.CacheDirectory });

    /// <summary>Opens the store of a home for a server.</summary>
    /// <param name="location">The home and the folder of its index. A home that does not exist is made with the first thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes the log of the store, or null for none.</param>
    /// <param name="notice">Gets a sentence when the index cannot be kept in its file.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the home is a file.</exception>
    public static IThreadStore OpenServed(
        StoreLocation location,
        TimeProvider time,
        ILoggerFactory? loggers = null,
        Action<string>? notice = null
    ) =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = !File.Exists(location.Home)
                    ? location.Home
                    : throw ThreadStoreException.InvalidRequest(
                        $"{location.Home} is a file and not a folder; name the Codex home with --home or CODEX_HOME."
                    ),
                CacheDirectory = location.CacheDirectory,
                CodexSqliteHome = location.CodexSqliteHome,
                UserFolder = location.UserFolder,
                Time = time,
                // A server answers many: it looks at the disk in the background, not before each answer.
                ReconcileInterval = TimeSpan.FromSeconds(2),
                IndexingThreads = Math.Clamp(Environment.ProcessorCount, 1, 64),
                Notice = notice,
                LoggerFactory = loggers,
                Program = "spool serve",
            }
        );
}
