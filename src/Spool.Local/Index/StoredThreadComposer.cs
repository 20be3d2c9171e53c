namespace Spool;

/// <summary>Puts together what a rollout and Codex's own files say of a thread.</summary>
/// <remarks>
/// The log comes first. Codex's files add what only they know: names, repository edits and memory mode (which older releases also
/// record in the log and newer ones only there), when the thread was last touched and used, when it was archived, and who started it.
/// </remarks>
static class StoredThreadComposer
{
    /// <summary>Composes the thread of a rollout.</summary>
    /// <param name="row">The rollout.</param>
    /// <param name="id">The id under which it is listed.</param>
    public static StoredThread Compose(RolloutRow row, ThreadId id)
    {
        var facts = row.Scan.Facts;
        var codex = row.Overlay.Row;
        var preview = row.Scan.InheritedPreview ?? facts.Preview ?? "";
        var created = facts.CreatedAtMs ?? row.Scan.Totals.FirstRecordAtMs ?? FallbackTimeMs(row);
        var updated = Math.Max(facts.LastItemAtMs ?? created, codex?.UpdatedAtMs ?? long.MinValue);
        var recency = Math.Max(facts.LastTurnAtMs ?? created, codex?.RecencyAtMs ?? long.MinValue);
        return new StoredThread
        {
            Id = id,
            Name = NameOf(row, preview),
            Preview = preview,
            CreatedAt = Time(created),
            UpdatedAt = Time(updated),
            RecencyAt = Time(recency),
            ArchivedAt = row.IsArchived ? Time(codex?.ArchivedAtMs ?? updated) : null,
            Cwd = facts.Cwd ?? "",
            Source = facts.Source is { } source ? new SessionSource(source) : row.State == ThreadCondition.Unreadable ? SessionSource.Unknown : SessionSource.Default,
            ModelProvider = facts.ModelProvider,
            Model = facts.Model,
            ReasoningEffort = facts.ReasoningEffort,
            CliVersion = facts.CliVersion ?? "",
            Originator = facts.Originator,
            GitInfo = GitOf(facts, codex),
            ForkedFromId = facts.ForkedFromId,
            ParentThreadId = facts.ParentThreadId ?? (ThreadId.TryParse(codex?.ParentThreadId, out var parent) ? parent : null),
            AgentNickname = facts.AgentNickname,
            AgentRole = facts.AgentRole,
            AgentPath = facts.AgentPath,
            ThreadSource = facts.ThreadSource,
            HistoryMode = facts.HistoryMode ?? HistoryModes.Legacy,
            MemoryMode = codex?.MemoryMode ?? facts.MemoryMode ?? "enabled",
            TokensUsed = facts.TokensUsed,
            State = row.State,
            StateReason = row.StateReason,
        };
    }

    // Every release appends each change of a name to the list of names, so the list holds also where a row could not be changed.
    static string? NameOf(RolloutRow row, string preview)
    {
        var codex = row.Overlay.Row;
        var isLegacy = row.Scan.Facts.HistoryMode != HistoryModes.Paginated;
        if (row.Overlay.IndexName is { } listed)
            return NonBlank(listed) is { } current && !(isLegacy && current == preview.Trim()) ? current : null;
        if (NonBlank(codex?.Name) is { } name)
            return name;
        if (isLegacy && codex?.DistinctTitle is { } title && title != preview.Trim())
            return title;
        var logged = NonBlank(row.Scan.Facts.Name);
        return logged == preview.Trim() ? null : logged;
    }

    // A row with any repository state has the edits in it, cleared fields too. For a paginated thread an empty one means that all was cleared.
    static GitInfo? GitOf(ThreadFacts facts, CodexThreadRow? codex) =>
        codex is null ? facts.GitInfo
        : facts.HistoryMode == HistoryModes.Paginated ? codex.GitInfo
        : codex.GitInfo ?? facts.GitInfo;

    static long FallbackTimeMs(RolloutRow row) =>
        row.ClaimedThread.CreatedAt?.ToUnixTimeMilliseconds()
        ?? (RolloutFileName.TryParse(row.Name, out var name) ? name.Time.ToUnixTimeMilliseconds() : Math.Max(0, row.Stamp.ModifiedNs / 1_000_000));

    static DateTimeOffset Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    static string? NonBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
