namespace Spool.Cli.Tests;

/// <summary>A store of threads that a test lays out. It pages by position and filters by archive, visibility, provider and a search in the
/// preview.</summary>
sealed class FakeStore : IThreadStore, IStoredBytes, IRolloutPaths, IThreadCounts, IIndexMaintenance, IDeletionCheck
{
    public List<StoredThread> Threads { get; } = [];

    public Dictionary<ThreadId, List<Turn>> Turns { get; } = [];

    public Dictionary<ThreadId, List<RolloutItem>> Items { get; } = [];

    public Dictionary<ThreadId, byte[]> Logs { get; } = [];

    public IReadOnlyList<StoreProblem> Problems { get; set; } = [];

    public ThreadStoreException? Failure { get; set; }

    public long PendingAtLastLook => Status.Pending;

    public IndexStatus Status { get; set; } =
        new()
        {
            Path = "/cache/index.db",
            FormatVersion = 1,
            SizeBytes = 4096,
            Rollouts = 3,
            Indexed = 3,
            Pending = 0,
            Threads = 3,
            Problems = 0,
        };

    /// <summary>Gets the first query of a list; others ask why it is empty.</summary>
    public ThreadQuery? FirstQuery { get; private set; }

    /// <summary>Gets the last request for turns.</summary>
    public ListTurnsRequest? LastTurns { get; private set; }

    public ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        new(Threads.Find(t => t.Id == threadId));

    public ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Failure is not null)
            throw Failure;
        FirstQuery ??= query;
        RequestLimits.Check(query);
        var normal = NormalQuery.Of(query with { Cursor = null });
        var matching = Threads.Where(normal.Matches).ToList();
        if (query.Sort != ThreadSort.Created)
            matching.Sort(normal.Order);
        var (page, next) = Page(matching, query.Cursor, query.Limit);
        return new(new Page<StoredThread>(page, next) { Problems = Problems });
    }

    public ValueTask<IReadOnlyList<long>> CountAsync(IReadOnlyList<ThreadQuery> queries, CancellationToken cancellationToken = default) =>
        new([.. NormalQuery.OfCounted(queries).Select(query => Threads.LongCount(query.Matches))]);

    public async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await Task.CompletedTask;
        foreach (var item in Items[request.ThreadId])
            yield return item;
    }

    public ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        if (Failure is not null)
            throw Failure;
        LastTurns = request;
        RequestLimits.Check(request);
        var turns = Turns.GetValueOrDefault(request.ThreadId) ?? [];
        var (page, next) = Page(
            request.Direction == SortDirection.Ascending ? turns : [.. turns.AsEnumerable().Reverse()],
            request.Cursor,
            request.Limit
        );
        return new(new Page<Turn>(page, next));
    }

    public ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default)
    {
        RequestLimits.Check(request);
        var (page, next) = Page(Items.GetValueOrDefault(request.ThreadId) ?? [], request.Cursor, request.Limit);
        return new(new Page<RolloutItem>(page, next));
    }

    public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;

    public async ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default)
    {
        await destination.WriteAsync(Logs[threadId], cancellationToken);
        if (Failure is not null)
            throw Failure;
    }

    public ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken = default
    ) => new(threads.ToDictionary(threadId => threadId, threadId => $"/home/ann/.codex/sessions/rollout-{threadId}.jsonl"));

    /// <summary>Gets what else says it is a thread.</summary>
    public List<SpareRollout> Spares { get; } = [];

    public ValueTask<IReadOnlyList<SpareRollout>> FindSparesAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        new(Spares);

    public ValueTask<IndexStatus> StatusAsync(CancellationToken cancellationToken = default) => new(Status);

    public ValueTask<IndexStatus> RebuildAsync(IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        progress?.Report(new IndexProgress(Status.Rollouts, Status.Rollouts));
        return new(Status = Status with { Indexed = Status.Rollouts, Pending = 0 });
    }

    public ValueTask<IndexStatus> CatchUpAsync(
        IProgress<IndexProgress>? progress = null,
        TimeSpan? budget = null,
        CancellationToken cancellationToken = default
    )
    {
        // One rollout fits any budget.
        Status = Status with
        {
            Indexed = Status.Indexed + 1,
            Pending = Status.Pending - 1,
        };
        return new(Status);
    }

    /// <summary>Gets the turn that a fork was asked for, by thread.</summary>
    public Dictionary<ThreadId, ForkPoint> Forks { get; } = [];

    /// <summary>Gets or sets what could not be done beside a change.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Gets who writes which thread.</summary>
    public Dictionary<ThreadId, WriterOwner> Writers { get; } = [];

    public ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Gets or sets whether a name that is the first message is none, as in the homes of Codex.</summary>
    public bool TakesPreviewForNoName { get; set; }

    public ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        patch = patch.Checked();
        return Change(
            threadId,
            stored =>
                stored with
                {
                    Name = patch.Name.Apply(stored.Name) is { } name && (name != stored.Preview || !TakesPreviewForNoName) ? name : null,
                }
        );
    }

    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        Change(threadId, stored => stored with { ArchivedAt = stored.ArchivedAt ?? CommandLine.Now });

    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        Change(threadId, stored => stored with { ArchivedAt = null });

    public ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        Threads.Add(Threads[IndexOf(request.Source)] with { Id = request.ThreadId, ForkedFromId = request.Source });
        if (
            request.Point is { Turn: { } turn, IncludesTurn: false }
            && Turns.GetValueOrDefault(request.Source)?.FindIndex(t => t.Id == turn) == 0
        )
            Threads[^1] = Threads[^1] with { Preview = "" };
        Forks[request.ThreadId] = request.Point;
        return new(new ChangedThread(Threads[^1]) { Warnings = Warnings });
    }

    public ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Gets or sets how many rollouts a deletion removes.</summary>
    public int Rollouts { get; set; } = 1;

    /// <summary>Gets or sets which files a deletion removes.</summary>
    public IReadOnlyList<string> Removed { get; set; } = ["sessions/one.jsonl"];

    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        Threads.RemoveAt(IndexOf(threadId));
        return new(
            new DeletionReceipt(threadId)
            {
                Rollouts = Rollouts,
                Bytes = 1234 * Rollouts,
                Names = 2,
                Rows = 3,
                Prompts = 4,
                Removed = Removed,
                Left = [.. Warnings.Select(warning => new LeftBehind(warning, "of a reason"))],
            }
        );
    }

    public ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        IndexOf(threadId);
        return default;
    }

    public ValueTask DisposeAsync() => default;

    ValueTask<ChangedThread> Change(ThreadId threadId, Func<StoredThread, StoredThread> change)
    {
        var index = IndexOf(threadId);
        Threads[index] = change(Threads[index]);
        return new(new ChangedThread(Threads[index]) { Warnings = Warnings });
    }

    int IndexOf(ThreadId threadId)
    {
        if (Writers.TryGetValue(threadId, out var owner))
            throw ThreadStoreException.HasWriter(threadId, owner);
        return Threads.FindIndex(stored => stored.Id == threadId) is >= 0 and var index
            ? index
            : throw ThreadStoreException.NotFound(threadId);
    }

    static (List<T> Page, string? Next) Page<T>(List<T> all, string? cursor, int limit)
    {
        var start = cursor is null ? 0 : int.Parse(cursor[1..], System.Globalization.CultureInfo.InvariantCulture);
        var page = all.Skip(start).Take(limit).ToList();
        return (page, start + limit < all.Count ? FormattableString.Invariant($"c{start + limit}") : null);
    }
}
