namespace Spool;

/// <summary>What the index holds of one rollout.</summary>
sealed record RolloutRow
{
    /// <summary>Gets the row's key; 0 before it is stored.</summary>
    public long Key { get; init; }

    /// <summary>Gets the path in the home.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the stamp the file had just before it was read.</summary>
    public required FileStamp Stamp { get; init; }

    /// <summary>Gets the thread that the rollout says it belongs to; else the one its name says; else an id made of its path.</summary>
    public required ThreadId ClaimedThread { get; init; }

    /// <summary>Gets the rollout's own id.</summary>
    public required ThreadId Rollout { get; init; }

    /// <summary>Gets what was learned.</summary>
    public required ScanState Scan { get; init; }

    /// <summary>Gets the file that the rest is said of.</summary>
    public KnownFile File => new(Stamp, Scan.Length, Scan.Hash);

    /// <summary>Gets what the rollout's history continues, also while the head that says so cannot be read.</summary>
    public Continuation Continuation { get; init; }

    /// <summary>Gets the state of the turn tracker.</summary>
    public byte[]? Tracker { get; init; }

    /// <summary>Gets whether the rollout by itself is whole.</summary>
    public ThreadCondition State { get; init; }

    /// <summary>Gets why not.</summary>
    public string? StateReason { get; init; }

    /// <summary>Gets what is known beside the rollout.</summary>
    public CodexOverlay Overlay { get; init; } = CodexOverlay.None;

    /// <summary>Gets whether the rollout is in the archive.</summary>
    public bool IsArchived => Path.StartsWith(HomeLayout.Archived, StringComparison.Ordinal);

    /// <summary>Gets whether the rollout is of early Codex, in a form that is read and never appended to.</summary>
    public bool IsOldForm => Scan.Facts.IsBare || RolloutFileName.IsDocument(Name);

    /// <summary>Gets the file name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}

/// <summary>What the history of a rollout continues. The head of a rollout says so, and never changes.</summary>
/// <param name="IsKnown">Whether that is known.</param>
/// <param name="Base">The rollout that it continues; null when it continues none, or it is not known.</param>
readonly record struct Continuation(bool IsKnown, ThreadId? Base)
{
    /// <summary>Says what is known after a scan.</summary>
    /// <param name="row">The rollout as the scan found it.</param>
    /// <param name="before">The same rollout as it was known before: what its head said stays known when that cannot be read any
    /// more.</param>
    public static Continuation Of(RolloutRow row, RolloutRow? before)
    {
        var facts = row.Scan.Facts;
        // Of a head above the limit only the beginning was read, and what it continues may stand behind that.
        var totals = row.Scan.Totals;
        var isCut = totals.FirstCutLine > 0 && totals.FirstCutLine <= 1 + totals.BlankLines + totals.DamagedLines;
        if (facts.Id is not null && (facts.HistoryBase is not null || !isCut))
            return new Continuation(true, facts.HistoryBase?.RolloutId);
        if (before is { Continuation.IsKnown: true } && before.ClaimedThread == row.ClaimedThread)
            return before.Continuation;
        // Early Codex continued nothing, and what is empty says nothing that could be read later.
        return new Continuation(row.IsOldForm || row.Stamp.Size == 0, null);
    }
}

/// <summary>How a rollout appears in lists.</summary>
enum Listing
{
    /// <summary>Not by itself: it is part of the history of a thread that is listed.</summary>
    Hidden,

    /// <summary>Only in a list of everything.</summary>
    OnlyAll,

    /// <summary>In every list.</summary>
    Default,
}

/// <summary>The thread that a rollout appears as.</summary>
/// <param name="Key">The rollout's row.</param>
/// <param name="Listing">How it is listed.</param>
/// <param name="Thread">The thread; null when hidden.</param>
sealed record ListedThread(long Key, Listing Listing, StoredThread? Thread);
