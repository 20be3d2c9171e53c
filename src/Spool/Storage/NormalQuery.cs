using System.Globalization;
using System.Text;

namespace Spool.Storage;

/// <summary>A <see cref="ThreadQuery"/> in the one form that means the same: what it finds, in which order, and where its pages begin.
/// Every store lists by it.</summary>
/// <remarks>Filters hold each value once, in ordinal order. A half of a character in a filter stands for U+FFFD: it is no text, and
/// databases and wires that keep text change it; what is known of a thread holds none.</remarks>
public sealed class NormalQuery
{
    static readonly string[] SubAgents = ["subAgentCompact", "subAgentOther", "subAgentReview", "subAgentThreadSpawn"];

    readonly ThreadQuery _query;
    readonly PageCursors _cursors;

    NormalQuery(ThreadQuery query)
    {
        _query = query;
        Kinds = Distinct(query.Sources.SelectMany(source => source == "subAgent" ? SubAgents : [source]), query.Sources.Count);
        Providers = Distinct(query.ModelProviders, query.ModelProviders.Count);
        FolderKeys = Distinct(query.Cwds.Select(cwd => WorkingFolder.KeyOf(TextOf(cwd))), query.Cwds.Count);
        FolderPrefixes = query.CwdScope == FolderScope.Below ? [.. FolderKeys.Select(WorkingFolder.PrefixBelow).OfType<string>()] : [];
        Branches = Distinct(query.Branches, query.Branches.Count);
        RepositoryKeys = Distinct(query.Repositories.Select(name => RepositoryName.KeyOf(TextOf(name))), query.Repositories.Count);
        SinceMs = query.Since?.ToUnixTimeMilliseconds();
        UntilMs = query.Until?.ToUnixTimeMilliseconds();
        SearchTerm = query.SearchTerm is { Length: > 0 } term ? FoldedText.Of(term) : null;
        Ids = query.IdPrefix is { } prefix
            ? IdPrefix.TryParse(prefix, out var ids)
                ? ids
                : throw ThreadStoreException.InvalidRequest("What an id begins with is hexadecimal digits, with its dashes or without any.")
            : null;
        _cursors = new PageCursors(PageKind.Threads, Scope(), query.Direction);
        After = query.Cursor is { } text ? _cursors.Read(text) : null;
    }

    /// <summary>Gets the most threads a page holds.</summary>
    public int Limit => _query.Limit;

    /// <summary>Gets where the page begins, or null for the first page.</summary>
    public PagePosition? After { get; }

    /// <summary>Gets the time that orders the list.</summary>
    public ThreadSort Sort => _query.Sort;

    /// <summary>Gets the direction.</summary>
    public SortDirection Direction => _query.Direction;

    /// <summary>Gets whether active or archived threads are listed.</summary>
    public ArchiveFilter Archive => _query.Archive;

    /// <summary>Gets whether threads are listed that are not shown by default: see <see cref="IsShown"/>.</summary>
    public ThreadVisibility Visibility => _query.Visibility;

    /// <summary>Gets the kinds of sources to list, each kind of sub-agents by itself. Empty: all.</summary>
    public IReadOnlyList<string> Kinds { get; }

    /// <summary>Gets the model providers to list. Empty: all. A thread without a provider has none of them, not even the empty
    /// one.</summary>
    public IReadOnlyList<string> Providers { get; }

    /// <summary>Gets the working folders to list, as <see cref="WorkingFolder.KeyOf"/> gives them. Empty: all.</summary>
    public IReadOnlyList<string> FolderKeys { get; }

    /// <summary>Gets what the forms of further working folders begin with: those in the folders of <see cref="FolderKeys"/>, where these
    /// count.</summary>
    public IReadOnlyList<string> FolderPrefixes { get; }

    /// <summary>Gets the branches to list. Empty: all.</summary>
    public IReadOnlyList<string> Branches { get; }

    /// <summary>Gets the repositories to list, as <see cref="RepositoryName.KeyOf"/> gives them: those with such a form, and those whose form
    /// begins with one and a slash. Empty: all.</summary>
    public IReadOnlyList<string> RepositoryKeys { get; }

    /// <summary>Gets whether threads of their own, sub-agents or both are listed: see <see cref="IsSubAgent"/>.</summary>
    public AgentFilter Agents => _query.Agents;

    /// <summary>Gets the earliest time of the order to list, in milliseconds since 1970, or null.</summary>
    public long? SinceMs { get; }

    /// <summary>Gets the time of the order before which threads are listed, in milliseconds since 1970, or null.</summary>
    public long? UntilMs { get; }

    /// <summary>Gets the text that name or preview must contain (<see cref="FoldedText.Contains"/>), as <see cref="FoldedText.Of"/> gives it,
    /// or null for any.</summary>
    public string? SearchTerm { get; }

    /// <summary>Gets which ids the threads have, or null for any.</summary>
    public IdPrefix? Ids { get; }

    /// <summary>Gets the thread whose direct sub-agents are listed, or null.</summary>
    public ThreadId? Parent => _query.Parent;

    /// <summary>Gets whether it leaves out any thread that is shown by default and on its side of the archive, but for
    /// <see cref="Agents"/>.</summary>
    public bool HasFilters =>
        Kinds.Count + Providers.Count + FolderKeys.Count + Branches.Count + RepositoryKeys.Count > 0
        || SearchTerm is not null
        || Parent is not null
        || Ids is not null
        || SinceMs is not null
        || UntilMs is not null;

    /// <summary>Gets the order of the list.</summary>
    public IComparer<StoredThread> Order => Comparer<StoredThread>.Create((x, y) => Compare(PositionOf(x), PositionOf(y)));

    /// <summary>Makes the form of a query whose enums have been checked (<see cref="DefinedValues"/>).</summary>
    /// <param name="query">The query.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit or a filter is out of range;
    /// <see cref="ThreadStoreErrorCode.InvalidCursor"/>: see <see cref="PageCursors.Read"/>. Queries that mean the same take each other's
    /// cursors.</exception>
    public static NormalQuery Of(ThreadQuery query)
    {
        RequestLimits.Check(query);
        return new NormalQuery(query);
    }

    /// <summary>Makes the forms of queries whose threads are counted, so that where a page begins does not count.</summary>
    /// <param name="queries">The queries.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a limit or a filter is out of range, or
    /// there are more than <see cref="IThreadCounts.MaxQueries"/>.</exception>
    public static IReadOnlyList<NormalQuery> OfCounted(IReadOnlyList<ThreadQuery> queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return queries.Count <= IThreadCounts.MaxQueries
            ? [.. queries.Select(query => Of(query with { Cursor = null }))]
            : throw ThreadStoreException.InvalidRequest($"At most {IThreadCounts.MaxQueries} lists are counted in one call.");
    }

    /// <summary>Says whether a thread is shown by default: it has a preview, and is no rollout that only a list of everything
    /// has.</summary>
    /// <param name="thread">The thread.</param>
    public static bool IsShown(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return thread.Preview.Length > 0
            && thread.State is not (ThreadCondition.Duplicate or ThreadCondition.Superseded or ThreadCondition.Unreadable);
    }

    /// <summary>Says whether a thread is a sub-agent: its source says so, or it has a parent.</summary>
    /// <param name="thread">The thread.</param>
    public static bool IsSubAgent(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return thread.Source.IsSubAgent || thread.ParentThreadId is not null;
    }

    /// <summary>Says whether the list holds a thread, on any of its pages.</summary>
    /// <param name="thread">The thread.</param>
    public bool Matches(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return (Archive == ArchiveFilter.Any || thread.ArchivedAt is not null == (Archive == ArchiveFilter.Archived))
            && (Visibility == ThreadVisibility.All || IsShown(thread))
            && (Kinds.Count == 0 || Kinds.Contains(thread.Source.Kind))
            && (Providers.Count == 0 || thread.ModelProvider is { } provider && Providers.Contains(provider))
            && (FolderKeys.Count == 0 || IsInFolder(WorkingFolder.KeyOf(thread.Cwd)))
            && (Branches.Count == 0 || thread.GitInfo?.Branch is { } branch && Branches.Contains(branch))
            && (RepositoryKeys.Count == 0 || thread.GitInfo?.RepositoryUrl is { } url && IsRepository(RepositoryName.KeyOf(url)))
            && (Agents == AgentFilter.Any || IsSubAgent(thread) == (Agents == AgentFilter.SubAgents))
            && (SinceMs is null && UntilMs is null || IsInTime(PositionOf(thread).Value))
            && (
                SearchTerm is not { } term
                || thread.Name is { } name && FoldedText.Contains(name, term)
                || FoldedText.Contains(thread.Preview, term)
            )
            && (Parent is not { } parent || thread.ParentThreadId == parent)
            && (Ids is not { } ids || ids.Contains(thread.Id));
    }

    /// <summary>Gives the position of a thread in the list: its time in milliseconds since 1970, and its id.</summary>
    /// <param name="thread">The thread.</param>
    public PagePosition PositionOf(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        var time = Sort switch
        {
            ThreadSort.Updated => thread.UpdatedAt,
            ThreadSort.Recency => thread.RecencyAt,
            _ => thread.CreatedAt,
        };
        return new PagePosition(time.ToUnixTimeMilliseconds(), thread.Id.Value);
    }

    /// <summary>Says whether a thread comes where the page begins or behind that, in the direction of the list; without a cursor any
    /// does.</summary>
    /// <param name="thread">The thread.</param>
    public bool IsBehindCursor(StoredThread thread) =>
        After is not { } after || Compare(PositionOf(thread), after) >= (after.IsIncluded ? 0 : 1);

    /// <summary>Makes the cursor of the page behind a position.</summary>
    /// <param name="position">The position, of a thread that need not be there.</param>
    public string CursorBehind(PagePosition position) => _cursors.Next(position);

    /// <summary>Makes a page of its threads.</summary>
    /// <param name="threads">The threads in order, one more than the limit where there are more.</param>
    /// <param name="problems">What could not be read.</param>
    public Page<StoredThread> ToPage(IReadOnlyList<StoredThread> threads, IReadOnlyList<StoreProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(threads);
        return _cursors.ToPage(threads, Limit, PositionOf) with { Problems = problems };
    }

    bool IsInFolder(string key) =>
        FolderKeys.Contains(key) || FolderPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    bool IsRepository(string key) =>
        RepositoryKeys.Any(asked =>
            key.StartsWith(asked, StringComparison.Ordinal) && (key.Length == asked.Length || key[asked.Length] == '/')
        );

    bool IsInTime(long time) => (SinceMs is not { } since || time >= since) && (UntilMs is not { } until || time < until);

    static string TextOf(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    // A term that is empty and none at all find the same, and are two queries all the same: a cursor of one was never one of the other.
    string Scope()
    {
        var text = new StringBuilder();
        text.Append(Sort).Append('\n').Append(Archive).Append('\n').Append(Visibility);
        foreach (var values in (IReadOnlyList<string>[])[Kinds, Providers, FolderKeys])
        {
            text.Append("\n#").Append(values.Count);
            foreach (var value in values)
                text.Append('\n').Append(value.Length).Append(':').Append(value);
        }
        text.Append("\n?").Append(_query.SearchTerm is null ? "-" : "+" + SearchTerm).Append('\n').Append(Parent?.ToString() ?? "-");
        if (Ids is { } ids)
            text.Append("\n=").Append(ids.First).Append(ids.Last);
        // Each only where it is set, so that a cursor of a query without them is what it was before there were any.
        Append('/', FolderPrefixes);
        Append('b', Branches);
        Append('r', RepositoryKeys);
        if (Agents != AgentFilter.Any)
            text.Append("\na").Append(Agents);
        if (SinceMs is not null || UntilMs is not null)
            text.Append(CultureInfo.InvariantCulture, $"\nt{SinceMs}-{UntilMs}");
        return text.ToString();

        void Append(char mark, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
                text.Append('\n').Append(mark).Append(values.Count);
            foreach (var value in values)
                text.Append('\n').Append(value.Length).Append(':').Append(value);
        }
    }

    int Compare(PagePosition x, PagePosition y)
    {
        var order = x.Value != y.Value ? x.Value.CompareTo(y.Value) : x.Id.CompareTo(y.Id);
        return Direction == SortDirection.Ascending ? order : -order;
    }

    static IReadOnlyList<string> Distinct(IEnumerable<string> values, int count) =>
        count == 0 ? [] : [.. values.Select(TextOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
