using System.Globalization;

namespace Spool.Cli;

/// <summary>Finds the thread that a person means: by its id or the beginning of it, by <c>last</c>, by the path of its rollout, or by its
/// name.</summary>
/// <param name="store">The store.</param>
/// <param name="hints">What a command says next.</param>
/// <param name="time">The clock, for how long ago something was.</param>
sealed class ThreadNames(IThreadStore store, Hints hints, TimeProvider time)
{
    /// <summary>The shortest beginning of an id that is taken for one; what is shorter may be anything.</summary>
    public const int ShortestPrefix = 4;

    const string Last = "last";
    const int MostNamed = 5; // candidates in an error

    /// <summary>Says how threads are named, for helps and errors.</summary>
    public const string Ways =
        "its id or the beginning of it, 'last' or 'last~2' for the one used last (list --sort recency) or two before, the path of its rollout, or its name";

    /// <summary>Gets the folder in which threads with a name, and the last ones, were started, or null for any.</summary>
    public string? Folder { get; init; }

    /// <summary>Finds the id of the thread.</summary>
    /// <param name="text">What the person gave.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The id. Of a whole id it is not looked whether there is such a thread.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: there is none;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: there are several, and the error names them.</exception>
    public async ValueTask<ThreadId> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (ThreadId.TryParse(text, out var id))
            return id;
        if (BackOf(text) is { } back)
            return await RecentAsync(text, back, cancellationToken);
        if (OfPath(text) is { } ofPath)
            return ofPath;
        if (
            text.Length >= ShortestPrefix
            && IdPrefix.TryParse(text, out _)
            && await ListAsync(new ThreadQuery { IdPrefix = text }, cancellationToken) is { Count: > 0 } begun
        )
            return Only(text, begun, "threads whose ids begin with", ". Give more of the id:");
        // A name that differs only in the case of its letters or the form of its accents counts where no other is spelled exactly so.
        var found = await ListAsync(Here(new ThreadQuery { SearchTerm = text }), cancellationToken);
        var named = found.FindAll(thread => IsNamed(thread, text));
        if (named.FindAll(thread => thread.Name == text) is { Count: > 0 } exactly)
            named = exactly;
        return named.Count > 0
            ? Only(text, named, "threads whose names are", ". Give the id of one:")
            : throw new ThreadStoreException(
                ThreadStoreErrorCode.NotFound,
                IsTooShort(text)
                        ? $"There is no thread '{SafeText.OneLine(text, 60)}'. Of an id at least {ShortestPrefix} characters are needed; '{hints.Command("list")}' shows them."
                    : found.Count > 0
                        ? $"There is no thread with the name '{SafeText.OneLine(text, 60)}', but {(found.Count == 1 ? "1 with it in its name or first message" : $"{found.Count} with it in their names or first messages")}: {hints.Command($"list --search {ShellText.Quote(SafeText.OneLine(text, int.MaxValue))}")}"
                    : $"There is no thread '{SafeText.OneLine(text, 60)}'. A thread is named by {Ways}; '{hints.Command("list")}' shows them."
            );
    }

    static bool IsTooShort(string text) => text.Length < ShortestPrefix && IdPrefix.TryParse(text, out _);

    static bool IsNamed(StoredThread thread, string text) => FoldedText.AreSame(thread.Name, text);

    // How many threads before the last one, or null when the text does not say that.
    static int? BackOf(string text) =>
        text.Equals(Last, StringComparison.OrdinalIgnoreCase) ? 0
        : text.StartsWith(Last + "~", StringComparison.OrdinalIgnoreCase)
        && int.TryParse(text.AsSpan(Last.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var back)
            ? back
        : null;

    // The name of a rollout has the id of its thread, wherever the file is.
    static ThreadId? OfPath(string text) =>
        RolloutFileName.TryParse(Path.GetFileName(text.AsSpan()).ToString(), out var name) ? name.ThreadId : null;

    async ValueTask<ThreadId> RecentAsync(string text, int back, CancellationToken cancellationToken)
    {
        var query = Here(
            new ThreadQuery
            {
                Sort = ThreadSort.Recency,
                Agents = AgentFilter.Roots, // sub-agents are work of other threads
                Limit = (int)Math.Min(back + 1L, ThreadQuery.MaxLimit),
            }
        );
        var passed = 0;
        await foreach (var thread in store.EnumerateAsync(query, cancellationToken))
        {
            if (passed++ == back)
                return thread.Id;
        }
        throw new ThreadStoreException(
            ThreadStoreErrorCode.NotFound,
            $"There is no thread '{text}': {(passed == 0 ? "no thread is in the list" : $"the list has {passed}")}{(Folder is null ? "" : " of this folder")}, without archived ones and sub-agents."
        );
    }

    ThreadQuery Here(ThreadQuery query) => Folder is { } folder ? query with { Cwds = [folder], CwdScope = FolderScope.Below } : query;

    async ValueTask<List<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken)
    {
        var found = new List<StoredThread>();
        query = query with { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All, Limit = ThreadQuery.MaxLimit };
        await foreach (var thread in store.EnumerateAsync(query, cancellationToken))
            found.Add(thread);
        return found;
    }

    ThreadId Only(string text, List<StoredThread> found, string what, string advice)
    {
        if (found.Count == 1)
            return found[0].Id;
        string[] named =
        [
            .. found.Take(MostNamed).Select(thread => $"{thread.Id} \"{CellText.Fit(ThreadTable.TitleOf(thread), 40)}\" ({About(thread)})"),
            .. found.Count > MostNamed ? ["…"] : Array.Empty<string>(),
        ];
        throw new SeveralThreadsException($"There are {found.Count} {what} '{SafeText.OneLine(text, 60)}'{advice}", named).ToError();
    }

    // What tells threads of one title apart.
    string About(StoredThread thread) =>
        string.Join(
            ", ",
            (
                (string?[])
                    [
                        thread.ForkedFromId is { } source ? $"fork of {ThreadTable.Short(source)}" : null,
                        thread.ParentThreadId is { } parent ? $"agent of {ThreadTable.Short(parent)}" : null,
                        thread.ArchivedAt is null ? null : "archived",
                        Times.Relative(thread.CreatedAt, time),
                    ]
            ).OfType<string>()
        );
}
