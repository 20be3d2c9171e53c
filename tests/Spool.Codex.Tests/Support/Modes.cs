namespace Spool.Codex.Tests;

/// <summary>The releases with the history modes they know.</summary>
static class Modes
{
    /// <summary>Gets every release with every mode it can read and write.</summary>
    public static TheoryData<string, string> All =>
        new()
        {
            { CodexRelease.V125, HistoryModes.Legacy },
            { CodexRelease.V128, HistoryModes.Legacy },
            { CodexRelease.V169, HistoryModes.Legacy },
            { CodexRelease.V169, HistoryModes.Paginated },
            { CodexRelease.V171, HistoryModes.Legacy },
            { CodexRelease.V171, HistoryModes.Paginated },
        };

    /// <summary>Gets every release that locks what it writes, with every mode.</summary>
    public static TheoryData<string, string> Locking =>
        new()
        {
            { CodexRelease.V169, HistoryModes.Legacy },
            { CodexRelease.V169, HistoryModes.Paginated },
            { CodexRelease.V171, HistoryModes.Legacy },
            { CodexRelease.V171, HistoryModes.Paginated },
        };
}
