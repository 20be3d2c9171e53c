namespace Spool.Benchmarks;

/// <summary>What a synthetic home holds. The same shape gives the same bytes and the same file times.</summary>
sealed record HomeShape
{
    /// <summary>Gets how many threads there are, beside the big one.</summary>
    public int Threads { get; init; } = 100;

    /// <summary>Gets how many lines a rollout has at least; the last turn is always whole.</summary>
    public int ItemsPerThread { get; init; } = 40;

    /// <summary>Gets what the random numbers begin with.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets how histories are recorded, one of <see cref="HistoryModes"/>.</summary>
    public string HistoryMode { get; init; } = HistoryModes.Legacy;

    /// <summary>Gets the length that the newest thread's rollout has at least, in bytes, or null for no such thread.</summary>
    public long? BigRolloutBytes { get; init; }

    /// <summary>Gets after how many threads one is archived; 0 for never.</summary>
    public int ArchivedEvery { get; init; }

    /// <summary>Gets after how many threads one has a name; 0 for never.</summary>
    public int NamedEvery { get; init; } = 10;

    /// <summary>Gets in how many folders the threads work.</summary>
    public int Cwds { get; init; } = 5;
}

/// <summary>A home that was generated.</summary>
/// <param name="Folder">Its absolute path.</param>
/// <param name="Threads">Its threads, oldest first; the big one is the last.</param>
/// <param name="Bytes">The length of all rollouts together.</param>
sealed record GeneratedHome(string Folder, IReadOnlyList<GeneratedThread> Threads, long Bytes);

/// <summary>A thread that was generated.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Path">The absolute path of its rollout.</param>
/// <param name="CreatedMs">When it was created, in milliseconds since 1970.</param>
/// <param name="Items">How many lines the rollout has.</param>
/// <param name="Turns">How many turns they make.</param>
/// <param name="Bytes">How long the rollout is.</param>
sealed record GeneratedThread(ThreadId Id, string Path, long CreatedMs, long Items, int Turns, long Bytes);
