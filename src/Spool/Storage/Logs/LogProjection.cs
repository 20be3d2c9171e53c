using System.Globalization;

namespace Spool.Storage;

/// <summary>Makes the <see cref="StoredThread"/> of what is known of a thread.</summary>
static class LogProjection
{
    public static StoredThread Of(KnownThread known, LogHome home)
    {
        var log = known.Log;
        var (facts, totals) = (log.Facts, log.Totals);
        var lineage = home.LineageOf(known);
        var created = facts.CreatedAt ?? totals.FirstRecordAt ?? known.Id.CreatedAt ?? DateTimeOffset.UnixEpoch;
        var (state, reason) = StateOf(log, totals, lineage);
        var source =
            facts.Source is { } json ? new SessionSource(json)
            : state == ThreadCondition.Unreadable ? SessionSource.Unknown
            : SessionSource.Default;
        var thread = new StoredThread
        {
            Id = known.Id,
            Name = ThreadName.Of(log.Note.Name, facts.Name, lineage.Preview ?? "", facts.HistoryMode),
            Preview = lineage.Preview ?? "",
            CreatedAt = created,
            UpdatedAt = facts.LastItemAt ?? created,
            RecencyAt = facts.LastTurnAt ?? created,
            ArchivedAt = known.ArchivedAt,
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
            Revision = string.Create(CultureInfo.InvariantCulture, $"{log.Lines:x}-{log.Sum:x8}-{(int)state:x}"),
            State = state,
            StateReason = reason,
        };
        var depth = AgentDepth.Of(thread, id => home.Find(id)?.Log.Facts.ParentThreadId);
        return depth == 0 ? thread : thread with { Depth = depth };
    }

    // The state that costs a reader the most wins.
    static (ThreadCondition State, string? Reason) StateOf(KnownLog log, LogTotals totals, LogLineage lineage)
    {
        if (totals.LostLines == totals.Lines)
            return (ThreadCondition.Unreadable, totals.Lines == 0 ? "The log is empty." : totals.Damage());
        if (!log.HasKnownMode)
            return (ThreadCondition.UnknownFormat, "The log names a history mode that this version does not know.");
        if (lineage.BrokenBecause is { } broken)
            return (ThreadCondition.BrokenLineage, broken);
        if (log.Facts.Id is null)
            return (ThreadCondition.Damaged, "The log does not say which thread it belongs to.");
        return totals.Damage() is not { } damage ? (ThreadCondition.Ok, null)
            : log.EndsTorn && log.WholeTotals.IsWhole ? (ThreadCondition.Torn, "The last line is incomplete.")
            : (ThreadCondition.Damaged, damage);
    }
}
