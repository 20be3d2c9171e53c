namespace Spool.Storage;

/// <summary>Which name a thread has, of those that were recorded.</summary>
public static class ThreadName
{
    /// <summary>Gives the name that is kept beside the log, else the one that the log has.</summary>
    /// <param name="beside">The name beside the log: null for none, blank for one that was taken away, which hides the one in the
    /// log.</param>
    /// <param name="logged">The name of the last naming event in the log, or null.</param>
    /// <param name="preview">The thread's preview; may be empty.</param>
    /// <param name="historyMode">The history mode, or null for that of logs which name none.</param>
    /// <returns>The name without spaces around it, or null.</returns>
    /// <remarks>As for Codex, a name that says what the preview says is none: of a paginated thread only one in the log.</remarks>
    public static string? Of(string? beside, string? logged, string preview, string? historyMode)
    {
        ArgumentNullException.ThrowIfNull(preview);
        return beside is null ? Distinct(logged, preview)
            : historyMode == HistoryModes.Paginated ? NonBlank(beside)
            : Distinct(beside, preview);
    }

    static string? Distinct(string? name, string preview) => NonBlank(name) is { } trimmed && trimmed != preview.Trim() ? trimmed : null;

    static string? NonBlank(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();
}
