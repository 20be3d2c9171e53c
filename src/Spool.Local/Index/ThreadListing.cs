using System.Globalization;
using System.Text;

namespace Spool;

/// <summary>Lists threads from the index.</summary>
/// <remarks>
/// A list is split into branches, one for each combination of archive side, visibility and filter value. Each branch is one range of one
/// index in the order of the list, so a rare value costs no more than a common one, and the branches are merged here.
/// </remarks>
/// <param name="connection">The connection.</param>
sealed class ThreadListing(IndexConnection connection)
{
    const int MaxBranches = 64;
    const int MaxUnreadable = 20;

    readonly RolloutTable _table = new(connection);

    /// <summary>Finds a thread.</summary>
    public StoredThread? Find(ThreadId threadId) => _table.FindListed(threadId) is { } found ? WithDepth(found) : null;

    /// <summary>Finds the rollouts that claim a thread and are listed under ids of their own.</summary>
    public IReadOnlyList<SpareRollout> SparesOf(ThreadId threadId)
    {
        var ids = _table.SparesOf(threadId);
        if (ids.Count == 0 || Find(threadId) is not { } listed || _table.FindThread(threadId) is not { } current)
            return [];
        return
        [
            .. ids.Select(id => new SpareRollout(
                id,
                Find(id)?.UpdatedAt > listed.UpdatedAt,
                _table.FindThread(id)?.Scan.Totals.Lines > current.Scan.Totals.Lines
            )),
        ];
    }

    /// <summary>Lists one row more than the limit, if there is one.</summary>
    public List<StoredThread> List(NormalQuery query)
    {
        var branches = Branches(query);
        var rows = new List<StoredThread>();
        foreach (var branch in branches)
            rows.AddRange(ListBranch(query, branch));
        if (branches.Count > 1)
            rows.Sort(query.Order);
        return [.. rows.Take(query.Limit + 1).Select(WithDepth)];
    }

    /// <summary>Counts the threads on all pages of a list.</summary>
    public long Count(NormalQuery query)
    {
        var count = 0L;
        foreach (var branch in Branches(query))
        {
            var (sql, values) = Select("count(*)", query, branch);
            count += (long)connection.Scalar(sql.ToString(), [.. values])!;
        }
        return count;
    }

    /// <summary>Says which rollouts a list leaves out because nothing in them can be read: the first of them, and how many there are
    /// besides.</summary>
    public IReadOnlyList<StoreProblem> Unreadable(NormalQuery query)
    {
        if (query.Visibility == ThreadVisibility.All)
            return []; // they are in the list
        const string From = " FROM rollouts WHERE condition = 3 AND ($1 IS NULL OR archived = $1)";
        object? side = query.Archive switch
        {
            ArchiveFilter.Active => false,
            ArchiveFilter.Archived => true,
            _ => null,
        };
        var problems = connection.Query(
            reader => new StoreProblem(reader.GetString(0), reader.GetString(1)),
            "SELECT path, coalesce(shown_reason, state_reason, '')" + From + " ORDER BY path LIMIT $2",
            side,
            MaxUnreadable
        );
        if (problems.Count == MaxUnreadable && (long)connection.Scalar("SELECT count(*)" + From, side)! - MaxUnreadable is > 0 and var more)
            problems.Add(
                new StoreProblem(
                    query.Archive == ArchiveFilter.Archived ? HomeLayout.Archived : HomeLayout.Sessions,
                    string.Create(CultureInfo.InvariantCulture, $"{more:N0} more rollouts cannot be read.")
                )
            );
        return problems;
    }

    List<StoredThread> ListBranch(NormalQuery query, Branch branch)
    {
        var sort = SortColumn(query);
        var ascending = query.Direction == SortDirection.Ascending;
        var (sql, values) = Select(RolloutTable.ListedColumns, query, branch);
        if (query.After is { } cursor)
        {
            sql.Append(
                CultureInfo.InvariantCulture,
                $" AND ({sort}, thread_id) {(ascending ? '>' : '<')}{(cursor.IsIncluded ? "=" : "")} ({Parameter(values, cursor.Value)}, {Parameter(values, cursor.Id.ToByteArray(bigEndian: true))})"
            );
        }
        var direction = ascending ? "ASC" : "DESC";
        sql.Append(
            CultureInfo.InvariantCulture,
            $" ORDER BY {sort} {direction}, thread_id {direction} LIMIT {Parameter(values, query.Limit + 1)}"
        );
        return connection.Query(RolloutTable.ListedOf, sql.ToString(), [.. values]);
    }

    // What a branch holds, on all its pages.
    static (StringBuilder Sql, List<object?> Values) Select(string what, NormalQuery query, Branch branch)
    {
        var values = new List<object?> { branch.Archived, (int)branch.Listing };
        var sql = new StringBuilder("SELECT " + what + " FROM rollouts WHERE archived = $1 AND listed = $2");
        if (query.Agents != AgentFilter.Any)
            sql.Append(query.Agents == AgentFilter.Roots ? " AND is_agent = 0" : " AND is_agent = 1");
        if (query.FolderPrefixes.Count == 0)
            AddFilter(sql, values, "cwd", branch.Cwd, query.FolderKeys);
        else
            AddRanges(sql, values, "cwd", query.FolderKeys, query.FolderPrefixes);
        AddFilter(sql, values, "source", branch.Source, query.Kinds);
        AddFilter(sql, values, "provider", branch.Provider, query.Providers);
        AddFilter(sql, values, "branch", null, query.Branches);
        if (query.RepositoryKeys.Count > 0)
            AddRanges(sql, values, "repository", query.RepositoryKeys, query.RepositoryKeys.Select(key => key + "/"));
        if (query.Parent is { } parent)
            sql.Append(" AND parent_id = ").Append(Parameter(values, RolloutTable.Blob(parent)));
        if (query.Ids is { } ids)
            sql.Append(
                CultureInfo.InvariantCulture,
                $" AND thread_id BETWEEN {Parameter(values, RolloutTable.Blob(ids.First))} AND {Parameter(values, RolloutTable.Blob(ids.Last))}"
            );
        if (query.SearchTerm is { } term)
        {
            // as bytes, because a text that SQLite hands to a function ends at its first NUL
            var parameter = Parameter(values, Encoding.UTF8.GetBytes(term));
            sql.Append(
                CultureInfo.InvariantCulture,
                $" AND (spool_contains(CAST(name AS BLOB), {parameter}) OR spool_contains(CAST(coalesce(inherited, preview) AS BLOB), {parameter}))"
            );
        }
        if (query.SinceMs is { } since)
            sql.Append(CultureInfo.InvariantCulture, $" AND {SortColumn(query)} >= {Parameter(values, since)}");
        if (query.UntilMs is { } until)
            sql.Append(CultureInfo.InvariantCulture, $" AND {SortColumn(query)} < {Parameter(values, until)}");
        return (sql, values);
    }

    static List<Branch> Branches(NormalQuery query)
    {
        bool[] sides = query.Archive switch
        {
            ArchiveFilter.Active => [false],
            ArchiveFilter.Archived => [true],
            _ => [false, true],
        };
        Listing[] listings = query.Visibility == ThreadVisibility.All ? [Listing.Default, Listing.OnlyAll] : [Listing.Default];
        var branches = (from side in sides from listing in listings select new Branch(side, listing, null, null, null)).ToList();
        if (query.FolderPrefixes.Count == 0)
            branches = Split(branches, query.FolderKeys, (branch, value) => branch with { Cwd = value });
        branches = Split(branches, query.Kinds, (branch, value) => branch with { Source = value });
        return Split(branches, query.Providers, (branch, value) => branch with { Provider = value });
    }

    static List<Branch> Split(List<Branch> branches, IReadOnlyList<string> values, Func<Branch, string, Branch> with) =>
        values.Count == 0 || branches.Count * values.Count > MaxBranches
            ? branches
            : [.. from branch in branches from value in values select with(branch, value)];

    static void AddFilter(StringBuilder sql, List<object?> values, string column, string? value, IReadOnlyList<string> all)
    {
        if (value is not null)
            sql.Append(CultureInfo.InvariantCulture, $" AND {column} = {Parameter(values, value)}");
        else if (all.Count > 0)
            sql.Append(CultureInfo.InvariantCulture, $" AND {column} IN ({string.Join(", ", all.Select(one => Parameter(values, one)))})");
    }

    // One of some values, or one that begins with one of some texts, whose last character is ASCII. Text is compared by its bytes.
    static void AddRanges(StringBuilder sql, List<object?> values, string column, IReadOnlyList<string> exact, IEnumerable<string> prefixes)
    {
        sql.Append(CultureInfo.InvariantCulture, $" AND ({column} IN ({string.Join(", ", exact.Select(one => Parameter(values, one)))})");
        foreach (var prefix in prefixes)
        {
            var behind = prefix[..^1] + (char)(prefix[^1] + 1);
            sql.Append(
                CultureInfo.InvariantCulture,
                $" OR ({column} >= {Parameter(values, prefix)} AND {column} < {Parameter(values, behind)})"
            );
        }
        sql.Append(')');
    }

    static string SortColumn(NormalQuery query) =>
        query.Sort switch
        {
            ThreadSort.Updated => "updated_ms",
            ThreadSort.Recency => "recency_ms",
            _ => "created_ms",
        };

    static string Parameter(List<object?> values, object? value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    // Few threads have a parent, and their ancestors are few.
    StoredThread WithDepth(StoredThread thread) =>
        thread.ParentThreadId is null ? thread : thread with { Depth = AgentDepth.Of(thread, _table.ParentOf) };

    sealed record Branch(bool Archived, Listing Listing, string? Cwd, string? Source, string? Provider);
}
