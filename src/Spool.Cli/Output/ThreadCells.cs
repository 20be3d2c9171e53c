using System.Globalization;

namespace Spool.Cli;

/// <summary>A thread to show, with what is known beside it.</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Path">Its file, or null.</param>
/// <param name="Depth">How deep it is shown below another one.</param>
readonly record struct ShownThread(StoredThread Thread, string? Path, int Depth);

/// <summary>The values of threads that a person can choose: names, titles and texts. Each text is on one line and safe to show.</summary>
/// <param name="clock">The clock and the zone.</param>
sealed class ThreadCells(TimeProvider clock)
{
    /// <summary>The longest text of a cell.</summary>
    public const int MaxTextLength = 2000;

    static readonly (string Name, Func<ThreadCells, ShownThread, string?> Text)[] Known =
    [
        ("id", (_, shown) => shown.Thread.Id.ToString()),
        ("title", (_, shown) => ThreadTable.TitleOf(shown.Thread)),
        ("name", (_, shown) => shown.Thread.Name),
        ("preview", (_, shown) => shown.Thread.Preview),
        ("created", (cells, shown) => cells.TimeOf(shown.Thread.CreatedAt)),
        ("updated", (cells, shown) => cells.TimeOf(shown.Thread.UpdatedAt)),
        ("recency", (cells, shown) => cells.TimeOf(shown.Thread.RecencyAt)),
        ("archived", (cells, shown) => shown.Thread.ArchivedAt is { } time ? cells.TimeOf(time) : null),
        ("folder", (_, shown) => shown.Thread.Cwd),
        ("branch", (_, shown) => shown.Thread.GitInfo?.Branch),
        ("commit", (_, shown) => shown.Thread.GitInfo?.CommitHash),
        ("repo", (_, shown) => shown.Thread.GitInfo?.RepositoryUrl),
        ("source", (_, shown) => shown.Thread.Source.Kind),
        ("provider", (_, shown) => shown.Thread.ModelProvider),
        ("model", (_, shown) => shown.Thread.Model),
        ("version", (_, shown) => shown.Thread.CliVersion),
        ("client", (_, shown) => shown.Thread.Originator),
        ("agent", (_, shown) => shown.Thread.AgentNickname ?? shown.Thread.AgentRole),
        ("parent", (_, shown) => shown.Thread.ParentThreadId?.ToString()),
        ("fork", (_, shown) => shown.Thread.ForkedFromId?.ToString()),
        ("tokens", (_, shown) => shown.Thread.TokensUsed.ToString(CultureInfo.InvariantCulture)),
        ("state", (_, shown) => EnumNames.Camel(shown.Thread.State)),
        ("marks", (_, shown) => MarksOf(shown.Thread)),
        ("file", (_, shown) => shown.Path),
    ];

    // What the table and the JSON call them.
    static readonly Dictionary<string, string> OtherNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["when"] = "created",
        ["thread"] = "title",
        ["cwd"] = "folder",
        ["createdAt"] = "created",
        ["updatedAt"] = "updated",
        ["recencyAt"] = "recency",
        ["archivedAt"] = "archived",
        ["modelProvider"] = "provider",
        ["cliVersion"] = "version",
        ["originator"] = "client",
        ["agentNickname"] = "agent",
        ["parentThreadId"] = "parent",
        ["forkedFromId"] = "fork",
        ["tokensUsed"] = "tokens",
        ["path"] = "file",
    };

    /// <summary>Gets the names of the values.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>Says whether a value has to be looked for beside the list.</summary>
    public static bool NeedsPath(IEnumerable<string> names) => names.Contains("file");

    /// <summary>Says whether a value is never cut.</summary>
    public static bool IsWhole(string name) =>
        name is "id" or "parent" or "fork" or "created" or "updated" or "recency" or "archived" || IsNumber(name);

    /// <summary>Says whether a value is a number.</summary>
    public static bool IsNumber(string name) => name is "tokens";

    /// <summary>Gives the value that a person names, in either case, or null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static string? Find(string name) => Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Gives the value that a person names, in either case.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: there is no such value.</exception>
    public static string Require(string name)
    {
        if (Find(name) is { } known)
            return known;
        var near = OtherNames.GetValueOrDefault(name) ?? UsageErrors.Nearest(name, Names);
        throw ThreadStoreException.InvalidRequest(
            $"There is no value {UsageErrors.Quote(name)}{(near is null ? "." : $"; did you mean {near}?")} Those of a thread are {string.Join(", ", Names)}."
        );
    }

    /// <summary>Gives a value of a thread.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="shown">The thread.</param>
    public string Of(string name, ShownThread shown) =>
        SafeText.OneLine(Known.First(known => known.Name == name).Text(this, shown) ?? "", MaxTextLength);

    /// <summary>Gives a value of a thread as people read it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="shown">The thread.</param>
    public string OfPeople(string name, ShownThread shown) =>
        name == "tokens" ? shown.Thread.TokensUsed.ToString("N0", CultureInfo.InvariantCulture) : Of(name, shown);

    /// <summary>Gives what is special about a thread: archived, a fork or a sub-agent of which thread, and its state where that is not
    /// ok.</summary>
    /// <param name="thread">The thread.</param>
    public static string MarksOf(StoredThread thread) =>
        string.Join(
            ',',
            (
                (string?[])
                    [
                        thread.ArchivedAt is null ? null : "archived",
                        thread.ForkedFromId is { } source ? $"fork:{source}" : null,
                        thread.ParentThreadId is { } parent ? $"agent:{parent}"
                        : thread.Source.IsSubAgent ? "agent"
                        : null,
                        thread.State == ThreadCondition.Ok ? null : EnumNames.Camel(thread.State),
                    ]
            ).Where(mark => mark is not null)
        );

    string TimeOf(DateTimeOffset time) => Times.WithZone(time, clock);
}
