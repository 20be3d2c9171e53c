using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Spool;

/// <summary>How a <c>LocalThreadStore</c> works.</summary>
public sealed record LocalThreadStoreOptions
{
    /// <summary>Gets the absolute path of the Codex home. Reading never writes to it.</summary>
    public required string Home { get; init; }

    /// <summary>Gets the absolute path of the folder that holds the indexes of homes. Everything in it can be rebuilt.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Gets the absolute path of the folder that the environment names for Codex's databases (<c>CODEX_SQLITE_HOME</c>).</summary>
    /// <value>The default value is null: they are in the home. <c>sqlite_home</c> in the home's <c>config.toml</c> comes before either, as
    /// it does for Codex.</value>
    public string? CodexSqliteHome { get; init; }

    /// <summary>Gets the absolute path of the user's own folder, which <c>~</c> in the home's <c>config.toml</c> stands for.</summary>
    /// <value>The default value is null: a setting with <c>~</c> cannot be followed, and a change says so.</value>
    public string? UserFolder { get; init; }

    /// <summary>Gets the clock.</summary>
    /// <value>The default value is the system's clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how often the store looks at the disk for what other programs wrote.</summary>
    /// <value>The default value is null: before every call that lists or finds threads, which is right for a short-lived process and costs
    /// one look at every file a call. With a value, the first call looks at the disk and later ones answer from the index, which a
    /// background look keeps at most this much (and the time of the look) behind.</value>
    public TimeSpan? ReconcileInterval { get; init; }

    /// <summary>Gets the longest line that is given whole; of a longer one <see cref="RolloutItem.Bytes"/> holds only the beginning, which
    /// is also all that facts and turns are made of, and its thread is <see cref="ThreadCondition.Damaged"/>.</summary>
    /// <value>The default value is 64 MiB; the range is 1 KiB to 1 GiB. A larger value lets one line take more memory: a few times its
    /// length. An index pass holds one line above 8 MiB at a time, whatever <see cref="IndexingThreads"/> says.</value>
    public int MaxLineBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Gets how many rollouts are indexed at a time.</summary>
    /// <value>The default value is 2; the range is 1 to 64. The number of processors is the fastest, as the command line has it; less
    /// leaves more of the machine to others.</value>
    public int IndexingThreads { get; init; } = 2;

    /// <summary>Gets what is called once with a sentence for people when the index is kept in memory because the cache folder cannot be
    /// written or has no space, or another process keeps the index locked; or null.</summary>
    /// <remarks>Called on any thread. Everything works then, but the memory of an index is needed, about 1.5 KB a thread, and the next
    /// store indexes again what this one did. <see cref="IndexStatus.InMemoryBecause"/> says it too.</remarks>
    public Action<string>? Notice { get; init; }

    /// <summary>Gets the name of this program, which another one finds in its error when it wants to write a thread that this one
    /// writes.</summary>
    /// <value>The default value is the name that <see cref="WriterOwner.ThisProcess"/> has.</value>
    public string Program { get; init; } = WriterOwner.ThisProcess.Program ?? "another program";

    /// <summary>Gets the largest item that is appended, as a line, in bytes.</summary>
    /// <value>The default value is null: the smaller one of 64 MiB and <see cref="MaxLineBytes"/>, which is also the largest that is
    /// allowed.</value>
    public int? MaxItemBytes { get; init; }

    /// <summary>Gets how many bytes of appended items may wait for the disk, for each thread. An append above that waits.</summary>
    /// <value>The default value is 8 MiB; the range is 64 KiB to 1 GiB. More smooths a slow disk and takes more memory.</value>
    public int MaxQueuedBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Gets whether a new thread's first item is given the repository state of its working folder.</summary>
    /// <value>The default value is <see cref="RepositoryState.AsGiven"/>: no program is run.</value>
    /// <remarks><see cref="RepositoryState.FromWorkingFolder"/> runs <c>git</c> three times for a thread that is stored and whose folder is
    /// in a repository, and the first append waits for it, 5 seconds at most. The address of the repository goes into the log as <c>git</c>
    /// has it, with a password that is part of it. It is for programs that choose the working folders of their threads themselves: a server
    /// does not, its clients do.</remarks>
    public RepositoryState RepositoryState { get; init; }

    /// <summary>Gets what to do with a home on a network file system, where locks and barriers may not be what they seem.</summary>
    /// <value>The default value is <see cref="NetworkHome.Refuse"/>.</value>
    public NetworkHome NetworkHome { get; init; }

    /// <summary>Gets what makes the log of the store, of the category <c>Spool.LocalThreadStore</c>: the index set aside or in memory, a
    /// home that is gone or back, ends of logs that were set aside, and writers that failed; never what threads say.</summary>
    /// <value>The default value is null: nothing is logged.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Gets the log of the store.</summary>
    internal ILogger Log => (ILogger?)LoggerFactory?.CreateLogger<LocalThreadStore>() ?? NullLogger.Instance;

    /// <summary>Gets how long a change waits for another program's transaction in Codex's own database.</summary>
    internal TimeSpan CodexPatience { get; init; } = CodexStateWriter.DefaultPatience;

    /// <summary>Gets how long a statement of the index waits for another process, in whole seconds. Then the index is kept in memory until
    /// that ends.</summary>
    internal TimeSpan IndexPatience { get; init; } = IndexDatabase.DefaultPatience;

    /// <summary>Gets for how long after a change a folder is read again at every look, because its stamp may not tell one change from the
    /// next.</summary>
    internal TimeSpan FolderSettling { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets what is called with each folder that a look at everything has just passed, or null: tests change the home
    /// then.</summary>
    internal Action<string>? FolderWalked { get; init; }

    /// <summary>Gets what is called with the path of each rollout that is about to be opened for turns or for the point of a fork or a
    /// revert, or null: tests stop there.</summary>
    internal Action<string>? RolloutOpening { get; init; }

    /// <summary>Gets what is called with the path of each rollout that is about to be opened for the index, or null: tests stop
    /// there.</summary>
    internal Action<string>? RolloutIndexing { get; init; }

    /// <summary>Gets what is called each time a call is about to wait for another one that reads a rollout for the index, or null: tests
    /// count them.</summary>
    internal Action? RolloutAwaiting { get; init; }

    /// <summary>Gets what is called with the progress of indexing, or null.</summary>
    public IProgress<IndexProgress>? Progress { get; init; }
}

/// <summary>Where the repository state of a new thread comes from.</summary>
public enum RepositoryState
{
    /// <summary>Only from the first item.</summary>
    AsGiven,

    /// <summary>From its working folder, unless the first item already has one.</summary>
    FromWorkingFolder,
}

/// <summary>What to do with a home on a network file system.</summary>
public enum NetworkHome
{
    /// <summary>Reading works, writing is refused.</summary>
    Refuse,

    /// <summary>The program that sets it knows that the file system's locks hold between all machines that write.</summary>
    Allow,
}
