namespace Spool;

/// <summary>Makes the <see cref="StoredThread"/> of an entry.</summary>
static class InMemoryProjection
{
    public static StoredThread Of(InMemoryEntry entry, InMemoryHome home)
    {
        var log = entry.Log;
        var facts = log.Facts;
        var lineage = home.LineageOf(entry);
        var created = Time(facts.CreatedAtMs) ?? Time(log.Totals.FirstRecordAtMs) ?? entry.Id.CreatedAt ?? DateTimeOffset.UnixEpoch;
        var (state, reason) = StateOf(log, lineage);
        var source =
            facts.Source is { } json ? new SessionSource(json)
            : state == ThreadCondition.Unreadable ? SessionSource.Unknown
            : SessionSource.Default;
        var thread = new StoredThread
        {
            Id = entry.Id,
            Name = ThreadName.Of(entry.NameBeside, facts.Name, lineage.Preview ?? "", facts.HistoryMode),
            Preview = lineage.Preview ?? "",
            CreatedAt = created,
            UpdatedAt = Time(facts.LastItemAtMs) ?? created,
            RecencyAt = Time(facts.LastTurnAtMs) ?? created,
            ArchivedAt = entry.ArchivedAt,
            Cwd = facts.Cwd ?? "",
            Source = source,
            ModelProvider = facts.ModelProvider,
            Model = facts.Model,
            ReasoningEffort = facts.ReasoningEffort,
            CliVersion = facts.CliVersion ?? "",
            Originator = facts.Originator,
            GitInfo = facts.GitInfo,
            ForkedFromId = facts.ForkedFromId,
            ParentThreadId = facts.ParentThreadId,
            AgentNickname = facts.AgentNickname,
            AgentRole = facts.AgentRole,
            AgentPath = facts.AgentPath,
            ThreadSource = facts.ThreadSource,
            HistoryMode = log.HistoryMode,
            MemoryMode = facts.MemoryMode ?? "enabled",
            TokensUsed = facts.TokensUsed,
            State = state,
            StateReason = reason,
        };
        return thread with
        {
            Depth = AgentDepth.Of(thread, id => home.TryFind(id, out var parent) ? parent.Log.Facts.ParentThreadId : null),
        };
    }

    // The state that costs a reader the most wins.
    static (ThreadCondition State, string? Reason) StateOf(InMemoryLog log, InMemoryLineage lineage)
    {
        var totals = log.Totals;
        if (totals.LostLines == totals.Lines)
            return (ThreadCondition.Unreadable, totals.Lines == 0 ? "The log is empty." : totals.Damage());
        if (!log.HasKnownMode)
            return (ThreadCondition.UnknownFormat, "The log names a history mode that this version does not know.");
        if (lineage.BrokenBecause is { } broken)
            return (ThreadCondition.BrokenLineage, broken);
        if (log.Facts.Id is null)
            return (ThreadCondition.Damaged, "The log does not say which thread it belongs to.");
        return totals.Damage() is not { } damage ? (ThreadCondition.Ok, null)
            : log.EndsTorn && log.WithoutTornLine().Totals.IsWhole ? (ThreadCondition.Torn, "The last line is incomplete.")
            : (ThreadCondition.Damaged, damage);
    }

    static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
