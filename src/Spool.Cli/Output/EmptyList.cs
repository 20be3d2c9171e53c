using System.Numerics;

namespace Spool.Cli;

/// <summary>Says why a list is empty: what is there that it does not show, and the options that together show it.</summary>
/// <param name="store">The store.</param>
/// <param name="query">The query that gave nothing.</param>
/// <param name="filters">The names of the options by which it leaves threads out. One is not dropped without the others.</param>
sealed class EmptyList(IThreadStore store, ThreadQuery query, IReadOnlyList<string> filters)
{
    readonly bool _isOfArchive = query.Archive == ArchiveFilter.Archived;

    /// <summary>Why the list does not show a thread: one cause, or several that hide it together.</summary>
    [Flags]
    enum Causes
    {
        Visibility = 1,
        Archive = 2,
        Filters = 4,
        Agents = 8,
        All = 15,
    }

    /// <summary>Asks for what the query leaves out, one page for each way to see it: up to eleven.</summary>
    public async Task<string> ExplainAsync(CancellationToken cancellationToken)
    {
        if (query.Cursor is not null)
            return "No threads match.";
        var words = "";
        var possible =
            Causes.Archive
            | (query.Visibility == ThreadVisibility.All ? 0 : Causes.Visibility)
            | (filters.Count == 0 ? 0 : Causes.Filters)
            | (query.Agents == AgentFilter.Roots ? Causes.Agents : 0);
        var pages = new Dictionary<Causes, Page<StoredThread>>();
        foreach (
            var causes in Enumerable
                .Range(1, (int)Causes.All)
                .Select(some => (Causes)some)
                .Where(some => (some & ~possible) == 0 && !some.HasFlag(Causes.Visibility | Causes.Agents)) // --all shows both
                .OrderBy(some => BitOperations.PopCount((uint)some))
                .ThenBy(some => some.HasFlag(Causes.Agents) ? 0 : some) // and what it shows, first
        )
        {
            var page = await store.ListAsync(Without(causes), cancellationToken);
            // With --all and without filters a list has what it had before as well, in the same order: what was said already is on those
            // pages. The archive and the rest have nothing in common.
            var said = pages
                .Where(other => IsWithin(other.Key, causes) && ((other.Key ^ causes) & Causes.Archive) == 0)
                .SelectMany(other => other.Value.Items)
                .Select(thread => thread.Id)
                .ToHashSet();
            pages[causes] = page;
            words += Say(
                causes,
                page.Items.Count(thread => !said.Contains(thread.Id)),
                page.NextCursor is null ? ""
                    : said.Count == 0 ? "More than "
                    : "At least "
            );
        }
        return (words.Length == 0 && filters.Count == 0 ? "There are no threads yet." : "No threads match.") + words;
    }

    // Whatever one way shows, another one shows too.
    static bool IsWithin(Causes some, Causes causes) =>
        ((some.HasFlag(Causes.Agents) && causes.HasFlag(Causes.Visibility) ? some & ~Causes.Agents : some) & ~causes) == 0;

    ThreadQuery Without(Causes causes)
    {
        var other = query with { Limit = ThreadQuery.MaxLimit };
        if (causes.HasFlag(Causes.Visibility))
            other = other with { Visibility = ThreadVisibility.All, Agents = AgentFilter.Any };
        if (causes.HasFlag(Causes.Agents))
            other = other with { Agents = AgentFilter.Any };
        if (causes.HasFlag(Causes.Archive))
            other = other with { Archive = _isOfArchive ? ArchiveFilter.Active : ArchiveFilter.Archived };
        return causes.HasFlag(Causes.Filters)
            ? other with
            {
                Sources = [],
                ModelProviders = [],
                Cwds = [],
                Branches = [],
                Repositories = [],
                Since = null,
                Until = null,
                Parent = null,
                SearchTerm = null,
            }
            : other;
    }

    string Say(Causes causes, int count, string bound)
    {
        if (count == 0) // the page may have been full of others
            return bound.Length == 0 || causes.HasFlag(Causes.Agents)
                ? ""
                : $" There may be others that {Why(causes, isOne: false)}; {Way(causes, isOne: false)}.";
        var isOne = count == 1 && bound.Length == 0;
        return FormattableString.Invariant($" {bound}{count:N0} {Why(causes, isOne)}; {Way(causes, isOne)}.");
    }

    string Why(Causes causes, bool isOne)
    {
        var why = new List<string>(3);
        if (causes.HasFlag(Causes.Archive))
            why.Add((isOne ? "is" : "are") + (_isOfArchive ? " not archived" : " archived"));
        if (causes.HasFlag(Causes.Visibility))
            why.Add(
                isOne
                    ? "has no message (or is unreadable, a duplicate or superseded)"
                    : "have no message (or are unreadable, duplicates or superseded)"
            );
        if (causes.HasFlag(Causes.Agents))
            why.Add(isOne ? "is a sub-agent" : "are sub-agents");
        if (causes.HasFlag(Causes.Filters))
            why.Add(isOne ? "does not match" : "do not match");
        return Joined(why);
    }

    string Way(Causes causes, bool isOne)
    {
        var isFromArchive = _isOfArchive && causes.HasFlag(Causes.Archive);
        List<string> given =
        [
            .. causes.HasFlag(Causes.Archive) && !_isOfArchive ? ["--archived"] : Array.Empty<string>(),
            .. causes.HasFlag(Causes.Visibility) ? ["--all"] : Array.Empty<string>(),
            .. causes.HasFlag(Causes.Agents) ? ["--agents"] : Array.Empty<string>(),
        ];
        List<string> dropped =
        [
            .. isFromArchive ? ["--archived"] : Array.Empty<string>(),
            .. causes.HasFlag(Causes.Filters) ? filters : [],
        ];
        var without = dropped.Count == 0 ? "" : $"without {Joined(dropped)}";
        var them = isOne ? "it" : "them";
        return given.Count switch
        {
            0 => $"{without} you see {them}",
            1 => $"{given[0]} {(without.Length == 0 ? "" : without + " ")}shows {them}",
            _ => $"{Joined(given)} together{(without.Length == 0 ? "" : $", {without},")} show {them}",
        };
    }

    static string Joined(List<string> words) => words.Count == 1 ? words[0] : $"{string.Join(", ", words[..^1])} and {words[^1]}";
}
