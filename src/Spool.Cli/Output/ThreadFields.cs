using System.Globalization;

namespace Spool.Cli;

/// <summary>How a time is written.</summary>
enum TimeForm
{
    /// <summary>The time and how long ago that is, for a look now.</summary>
    WithAge,

    /// <summary>The time alone, for a document that is read later.</summary>
    Absolute,
}

/// <summary>What a person may want to know of a thread, as label and text. What is not known is left out.</summary>
static class ThreadFields
{
    public static IEnumerable<(string Label, string Text)> Of(StoredThread thread, string? path, TimeProvider clock, TimeForm form)
    {
        yield return ("Id", thread.Id.ToString());
        if (thread.State != ThreadCondition.Ok)
            yield return ("State", StateOf(thread));
        string? zone = null;
        yield return ("Created", When(thread.CreatedAt, clock, form, ref zone));
        yield return ("Updated", When(thread.UpdatedAt, clock, form, ref zone));
        if (thread.ArchivedAt is { } archived)
            yield return ("Archived", When(archived, clock, form, ref zone));
        foreach (var (label, text) in Texts(thread, path))
        {
            if (!string.IsNullOrEmpty(text))
                yield return (label, Safe(text));
        }
    }

    /// <summary>Says the state of a thread, and why it is not whole.</summary>
    public static string StateOf(StoredThread thread) =>
        thread.StateReason is { } reason ? $"{EnumNames.Camel(thread.State)}: {Safe(reason)}" : EnumNames.Camel(thread.State);

    static IEnumerable<(string Label, string? Text)> Texts(StoredThread thread, string? path) =>
        [
            ("Folder", thread.Cwd),
            ("Source", thread.Source.Kind),
            ("Provider", thread.ModelProvider),
            ("Model", thread is { Model: { } model, ReasoningEffort: { } effort } ? $"{model} ({effort})" : thread.Model),
            ("Version", thread.CliVersion),
            ("Branch", thread.GitInfo?.Branch),
            ("Commit", thread.GitInfo?.CommitHash),
            ("Repository", thread.GitInfo?.RepositoryUrl),
            ("Forked from", thread.ForkedFromId?.ToString()),
            ("Parent", thread.ParentThreadId?.ToString()),
            (
                "Agent",
                string.Join(
                    " · ",
                    ((string?[])[thread.AgentNickname, thread.AgentRole, thread.AgentPath]).Where(part => !string.IsNullOrEmpty(part))
                )
            ),
            ("Tokens", thread.TokensUsed > 0 ? thread.TokensUsed.ToString("N0", CultureInfo.InvariantCulture) : null),
            ("History", thread.HistoryMode),
            ("File", path),
        ];

    // A document says its zone at its end. Here it is said once, and again where the clocks were changed between two times.
    static string When(DateTimeOffset time, TimeProvider clock, TimeForm form, ref string? zone)
    {
        var (local, age) = (Times.Local(time, clock), Times.Relative(time, clock));
        if (form == TimeForm.Absolute)
            return local;
        var own = Times.Zone(time, clock);
        var shown = own == zone ? local : $"{local} {own}";
        zone = own;
        // the age of what is old is its date
        return local.StartsWith(age, StringComparison.Ordinal) ? shown : $"{shown} ({age})";
    }

    static string Safe(string text) => SafeText.OneLine(text, int.MaxValue);
}
