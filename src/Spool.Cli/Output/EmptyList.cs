using System.Numerics;

namespace Spool.Cli;

/// <summary>Says of a list that is empty what it is empty of, and only what would find something: the options that together show what is
/// hidden, the filter without which threads match, and a value that was meant.</summary>
sealed class EmptyList
{
    const int MostChanges = 2; // letters of a value that is taken for a slip

    readonly IThreadStore _store;
    readonly ThreadQuery _query;
    readonly List<string> _hints = [];

    EmptyList(IThreadStore store, ThreadQuery query, TimeProvider clock)
    {
        (_store, _query) = (store, query with { Limit = ThreadQuery.MaxLimit });
        Fact = FactOf(clock);
    }

    /// <summary>Gets that it is empty, as a sentence.</summary>
    public string Fact { get; private set; }

    /// <summary>Gets what would find something.</summary>
    public IReadOnlyList<string> Hints => _hints;

    bool IsOfArchive => _query.Archive == ArchiveFilter.Archived;

    /// <summary>Why the list does not show a thread that its filters let through: one cause, or several that hide it together.</summary>
    [Flags]
    enum Causes
    {
        Visibility = 1,
        Archive = 2,
        Agents = 4,
        All = 7,
    }

    /// <summary>Asks for what the query leaves out: up to five pages, one for each filter, and one for the values there are.</summary>
    /// <param name="store">The store.</param>
    /// <param name="query">The query that gave nothing.</param>
    /// <param name="filters">The options by which it leaves threads out.</param>
    /// <param name="clock">The clock and the zone of times.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public static async Task<EmptyList> OfAsync(
        IThreadStore store,
        ThreadQuery query,
        IReadOnlyList<GivenFilter> filters,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var list = new EmptyList(store, query, clock);
        if (query.Cursor is not null)
            return list;
        await list.AddHiddenAsync(cancellationToken);
        if (list._hints.Count == 0 && filters.Count == 0)
            list.Fact = "There are no threads yet.";
        else if (list._hints.Count == 0 && filters.Count == 1 && query.Parent is { } parent)
            list.Fact = $"Thread {parent} began no sub-agents.";
        await list.AddDroppedAsync(filters, cancellationToken);
        await list.AddMeantAsync(filters, cancellationToken);
        return list;
    }

    // With the times that were meant, which people say in other words.
    string FactOf(TimeProvider clock)
    {
        var since = _query.Since is { } from ? $" since {Times.Local(from, clock)}" : "";
        var until = _query.Until is { } end ? $"{(since.Length > 0 ? " and" : "")} before {Times.Local(end, clock)}" : "";
        var why =
            _query.Since > _query.Until ? ": --since is later than --until"
            : _query.SearchTerm is not null ? "; --search looks at names and first messages"
            : "";
        return $"No threads match{since}{until}{why}.";
    }

    // As a list that is not empty says it.
    async Task AddHiddenAsync(CancellationToken cancellationToken)
    {
        var possible =
            Causes.Archive
            | (_query.Visibility == ThreadVisibility.All ? 0 : Causes.Visibility)
            | (_query.Agents == AgentFilter.Roots ? Causes.Agents : 0);
        var pages = new Dictionary<Causes, Page<StoredThread>>();
        List<(string Counted, string Way)> hidden = [];
        foreach (
            var causes in Enumerable
                .Range(1, (int)Causes.All)
                .Select(some => (Causes)some)
                .Where(some => (some & ~possible) == 0 && !some.HasFlag(Causes.Visibility | Causes.Agents)) // --all shows both
                .OrderBy(some => BitOperations.PopCount((uint)some))
                .ThenBy(some => some.HasFlag(Causes.Agents) ? 0 : some) // and what it shows, first
        )
        {
            var page = await _store.ListAsync(With(causes), cancellationToken);
            // With --all a list has what it had before as well, in the same order: what was said already is on those pages. The archive and
            // the rest have nothing in common.
            var said = pages
                .Where(other => IsWithin(other.Key, causes) && ((other.Key ^ causes) & Causes.Archive) == 0)
                .SelectMany(other => other.Value.Items)
                .Select(thread => thread.Id)
                .ToHashSet();
            pages[causes] = page;
            var count = page.Items.Count(thread => !said.Contains(thread.Id));
            if (count > 0)
                hidden.Add((Bound(page, said.Count == 0) + Words(causes, count), Way(causes)));
        }
        if (hidden.Count > 0)
            _hints.Add(
                $"Not shown: {string.Join(", ", hidden.Select(part => part.Counted))}: {string.Join(", ", hidden.Select(part => part.Way))}"
            );
    }

    // Without the only filter everything is listed, which helps as little.
    async Task AddDroppedAsync(IReadOnlyList<GivenFilter> filters, CancellationToken cancellationToken)
    {
        if (filters.Count < 2)
            return;
        var found = new List<string>();
        foreach (var filter in filters)
        {
            var page = await _store.ListAsync(filter.Drop(_query), cancellationToken);
            if (page.Items.Count > 0)
                found.Add(
                    FormattableString.Invariant(
                        $"{Bound(page, isFirst: true)}{page.Items.Count:N0} {(page is { Items.Count: 1, NextCursor: null } ? "matches" : "match")} without {filter.Name}"
                    )
                );
        }
        if (found.Count > 0)
            _hints.Add($"{string.Join(", ", found)}.");
    }

    // A value that the newest threads have, of a filter that they do not match.
    async Task AddMeantAsync(IReadOnlyList<GivenFilter> filters, CancellationToken cancellationToken)
    {
        if (!filters.Any(filter => filter.Value is not null))
            return;
        var all = await _store.ListAsync(filters.Aggregate(_query, (query, filter) => filter.Drop(query)), cancellationToken);
        foreach (var filter in filters.Where(filter => filter.Value is not null))
        {
            var values = all.Items.Select(filter.Value!).OfType<string>().Where(value => value.Length > 0).Distinct().ToList();
            foreach (var asked in AskedOf(filter.Name))
            {
                if (
                    !values.Exists(value => value.StartsWith(asked, StringComparison.Ordinal))
                    && UsageErrors.Nearest(asked, values, MostChanges) is { } near
                )
                    _hints.Add($"Did you mean {filter.Name} {ShellText.Quote(near)}?");
            }
        }
    }

    IReadOnlyList<string> AskedOf(string option) =>
        option switch
        {
            "--provider" => _query.ModelProviders,
            "--cwd" => _query.Cwds,
            "--branch" => _query.Branches,
            _ => [],
        };

    // Whatever one way shows, another one shows too.
    static bool IsWithin(Causes some, Causes causes) =>
        ((some.HasFlag(Causes.Agents) && causes.HasFlag(Causes.Visibility) ? some & ~Causes.Agents : some) & ~causes) == 0;

    ThreadQuery With(Causes causes)
    {
        var other = _query;
        if (causes.HasFlag(Causes.Visibility))
            other = other with { Visibility = ThreadVisibility.All, Agents = AgentFilter.Any };
        if (causes.HasFlag(Causes.Agents))
            other = other with { Agents = AgentFilter.Any };
        return causes.HasFlag(Causes.Archive)
            ? other with
            {
                Archive = IsOfArchive ? ArchiveFilter.Active : ArchiveFilter.Archived,
            }
            : other;
    }

    static string Bound(Page<StoredThread> page, bool isFirst) =>
        page.NextCursor is null ? ""
        : isFirst ? "more than "
        : "at least ";

    string Words(Causes causes, int count)
    {
        var side = IsOfArchive ? "active" : "archived";
        string[] words =
        [
            .. causes.HasFlag(Causes.Archive) ? [side] : Array.Empty<string>(),
            .. causes.HasFlag(Causes.Visibility) ? ["without a message"] : Array.Empty<string>(),
            .. causes.HasFlag(Causes.Agents) ? [count == 1 ? "sub-agent" : "sub-agents"] : Array.Empty<string>(),
        ];
        return FormattableString.Invariant($"{count:N0} {string.Join(' ', words)}");
    }

    string Way(Causes causes)
    {
        var own =
            causes.HasFlag(Causes.Visibility) ? "--all"
            : causes.HasFlag(Causes.Agents) ? "--agents"
            : "";
        return !causes.HasFlag(Causes.Archive) ? own
            : IsOfArchive ? (own.Length == 0 ? "no --archived" : $"{own} without --archived")
            : own.Length == 0 ? "--archived"
            : $"--archived {own}";
    }
}
