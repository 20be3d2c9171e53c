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
    public static StoredThread Compose(RolloutRow row, ThreadId id) =>
        Compose(
            new ThreadSheet
            {
                Id = id,
                Facts = row.Scan.Facts,
                Preview = row.Scan.InheritedPreview ?? row.Scan.Facts.Preview ?? "",
                CreatedAtMs = (row.Scan.Facts.CreatedAt ?? row.Scan.Totals.FirstRecordAt)?.ToUnixTimeMilliseconds() ?? FallbackTimeMs(row),
                Overlay = row.Overlay,
                IsArchived = row.IsArchived,
                State = row.State,
                StateReason = row.StateReason,
                Revision = "",
            }
        );

    /// <summary>Composes a thread.</summary>
    public static StoredThread Compose(in ThreadSheet sheet)
    {
        var facts = sheet.Facts;
        var codex = sheet.Overlay.Row;
        var preview = sheet.Preview;
        var created = sheet.CreatedAtMs;
        var updated = Math.Max(facts.LastItemAt?.ToUnixTimeMilliseconds() ?? created, codex?.UpdatedAtMs ?? long.MinValue);
        var recency = Math.Max(facts.LastTurnAt?.ToUnixTimeMilliseconds() ?? created, codex?.RecencyAtMs ?? long.MinValue);
        return new StoredThread
        {
            Id = sheet.Id,
            Name = NameOf(sheet),
            Preview = preview,
            CreatedAt = Time(created),
            UpdatedAt = Time(updated),
            RecencyAt = Time(recency),
            ArchivedAt = sheet.IsArchived ? Time(codex?.ArchivedAtMs ?? updated) : null,
            Cwd = facts.Cwd ?? "",
            Source =
                facts.Source is { } source ? new SessionSource(source)
                : sheet.State == ThreadCondition.Unreadable ? SessionSource.Unknown
                : SessionSource.Default,
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
            Revision = sheet.Revision,
            State = sheet.State,
            StateReason = sheet.StateReason,
        };
    }

    // Every release appends each change of a name to the list of names, so the list holds also where a row could not be changed.
    static string? NameOf(in ThreadSheet sheet)
    {
        var (facts, codex) = (sheet.Facts, sheet.Overlay.Row);
        if (sheet.Overlay.IndexName is null)
        {
            if (!string.IsNullOrWhiteSpace(codex?.Name))
                return codex.Name.Trim();
            if (facts.HistoryMode != HistoryModes.Paginated && codex?.DistinctTitle is { } title && title != sheet.Preview.Trim())
                return title;
        }
        return ThreadName.Of(sheet.Overlay.IndexName, facts.Name, sheet.Preview, facts.HistoryMode);
    }

    // A row with any repository state has the edits in it, cleared fields too. For a paginated thread an empty one means that all was
    // cleared.
    static GitInfo? GitOf(ThreadFacts facts, CodexThreadRow? codex) =>
        codex is null ? facts.GitInfo
        : facts.HistoryMode == HistoryModes.Paginated ? codex.GitInfo
        : codex.GitInfo ?? facts.GitInfo;

    static long FallbackTimeMs(RolloutRow row) =>
        row.ClaimedThread.CreatedAt?.ToUnixTimeMilliseconds()
        ?? (
            RolloutFileName.TryParse(row.Name, out var name)
                ? name.Time.ToUnixTimeMilliseconds()
                : Math.Max(0, row.Stamp.ModifiedNs / 1_000_000)
        );

    static DateTimeOffset Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        );
}

/// <summary>What a thread is put together from: as much of a rollout as lists need.</summary>
readonly record struct ThreadSheet
{
    /// <summary>Gets the id under which it is listed.</summary>
    public required ThreadId Id { get; init; }

    /// <summary>Gets what the log says of the thread.</summary>
    public required ThreadFacts Facts { get; init; }

    /// <summary>Gets the preview, the rollout's own or an inherited one; may be empty.</summary>
    public required string Preview { get; init; }

    /// <summary>Gets when the thread was created, in milliseconds since 1970.</summary>
    public required long CreatedAtMs { get; init; }

    /// <summary>Gets what Codex's own files say of it.</summary>
    public required CodexOverlay Overlay { get; init; }

    /// <summary>Gets whether the rollout is in the archive.</summary>
    public required bool IsArchived { get; init; }

    /// <summary>Gets whether the thread is whole.</summary>
    public required ThreadCondition State { get; init; }

    /// <summary>Gets why not.</summary>
    public required string? StateReason { get; init; }

    /// <summary>Gets the revision, or an empty text where it is not asked for.</summary>
    public required string Revision { get; init; }
}
