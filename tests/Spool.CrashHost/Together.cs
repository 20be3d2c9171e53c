using System.Diagnostics;

namespace Spool.CrashHost;

/// <summary>Changes threads of a home in every way, beside other processes that do the same, and checks after each change that the next
/// calls show it.</summary>
/// <param name="store">The store.</param>
/// <param name="report">Takes <c>did N</c> at the end, and <c>bad …</c> for whatever is not as it was acknowledged.</param>
sealed class Together(IThreadStore store, Action<string> report)
{
    static readonly string[] Ways =
    [
        "append",
        "rename",
        "archive",
        "unarchive",
        "fork",
        "revert",
        "create",
        "delete",
        "move",
        "move",
        "move",
    ];

    readonly List<ThreadId> _own = [];
    int _changes;

    /// <summary>Changes threads that nobody else changes, and threads of its own.</summary>
    /// <param name="kept">Threads that are there from the beginning and are never deleted.</param>
    /// <param name="time">For how long.</param>
    /// <param name="random">What comes next.</param>
    public async Task ChangeAsync(IReadOnlyList<ThreadId> kept, TimeSpan time, Random random)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time; _changes++)
        {
            var way = Ways[random.Next(Ways.Length)];
            var threadId =
                way != "delete" && (_own.Count == 0 || random.Next(2) == 0) ? kept[random.Next(kept.Count)]
                : _own.Count == 0 ? default
                : _own[random.Next(_own.Count)];
            try
            {
                if (way is "create" || threadId == default)
                    await CreateAsync();
                else
                    await ChangeAsync(way, threadId);
            }
            catch (ThreadStoreException e)
            {
                report($"bad {way} {threadId}: {e.Code} {e.Message}");
            }
        }
        report($"did {_changes}");
    }

    /// <summary>Reads threads that others move and change; each is there, whole, at any time.</summary>
    public async Task WatchAsync(IReadOnlyList<ThreadId> threads, TimeSpan time)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time; _changes++)
        {
            var seen = await ListAsync(ArchiveFilter.Any);
            foreach (var threadId in threads)
            {
                if (!seen.Contains(threadId))
                    report($"bad list: {threadId} is in none");
                try
                {
                    if (await store.FindAsync(threadId) is not { State: ThreadCondition.Ok or ThreadCondition.Torn })
                        report($"bad find: {threadId} is not there or not whole");
                    await foreach (var _ in store.ReadHistoryAsync(new ReadHistoryRequest(threadId))) { }
                    await store.ListTurnsAsync(new ListTurnsRequest(threadId));
                }
                catch (ThreadStoreException e)
                {
                    report($"bad read {threadId}: {e.Code} {e.Message}");
                }
            }
        }
        report($"did {_changes}");
    }

    async Task CreateAsync()
    {
        var threadId = ThreadId.New(TimeProvider.System);
        var meta = new SessionMeta(threadId, TimeProvider.System.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "together",
            CliVersion = "1",
            HistoryMode = _changes % 2 == 0 ? HistoryModes.Legacy : HistoryModes.Paginated,
        };
        await using (var writer = await store.CreateAsync(new CreateRequest(threadId, meta.ToItem())))
            await writer.AppendAsync(new AppendRequest(Turn()));
        _own.Add(threadId);
        await ExpectAsync("create", threadId, now => now is { State: ThreadCondition.Ok });
    }

    async Task ChangeAsync(string way, ThreadId threadId)
    {
        var isArchived = (await store.FindAsync(threadId))?.ArchivedAt is not null;
        switch (way)
        {
            case "append" when !isArchived:
                var before = await CountAsync(threadId);
                await using (var writer = await store.ResumeAsync(new ResumeRequest(threadId)))
                    await writer.AppendAsync(new AppendRequest(Turn()));
                if (await CountAsync(threadId) is var after && after != before + 3)
                    report($"bad append {threadId}: {before} items, then {after}");
                break;
            case "rename":
                var name = $"name {_changes}";
                await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To(name) });
                await ExpectAsync(way, threadId, now => now?.Name == name);
                break;
            case "fork":
                var fork = (await store.ForkAsync(new ForkRequest(threadId, ThreadId.New(TimeProvider.System)))).Thread.Id;
                _own.Add(fork);
                await ExpectAsync(way, fork, now => now is { State: ThreadCondition.Ok });
                break;
            case "revert"
                when !isArchived
                    && (
                        await store.ListTurnsAsync(new ListTurnsRequest(threadId) { Direction = SortDirection.Descending, Limit = 2 })
                    ).Items
                        is [var last, _]:
                await store.RevertAsync(threadId, last.Id);
                if (
                    (await store.ListTurnsAsync(new ListTurnsRequest(threadId) { Direction = SortDirection.Descending, Limit = 1 })).Items
                        is not [var now]
                    || now.Id == last.Id
                )
                    report($"bad revert {threadId}");
                break;
            case "delete" when await IsFreeAsync(threadId):
                _own.Remove(threadId);
                await ExpectAsync(way, threadId, gone => gone is null);
                break;
            case "archive" or "unarchive" or "move":
                var toArchive = way == "archive" || way == "move" && !isArchived;
                await (toArchive ? store.ArchiveAsync(threadId) : store.UnarchiveAsync(threadId));
                await ExpectAsync(way, threadId, moved => moved is not null && moved.ArchivedAt is not null == toArchive);
                if (!(await ListAsync(toArchive ? ArchiveFilter.Archived : ArchiveFilter.Active)).Contains(threadId))
                    report($"bad {way} {threadId}: it is not in the list");
                break;
        }
    }

    // A thread that a fork goes on with is kept for it.
    async Task<bool> IsFreeAsync(ThreadId threadId)
    {
        try
        {
            await store.DeleteAsync(threadId);
            return true;
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Referenced)
        {
            return false;
        }
    }

    async Task ExpectAsync(string way, ThreadId threadId, Func<StoredThread?, bool> isRight)
    {
        for (var look = 0; look < 3; look++)
        {
            if (await store.FindAsync(threadId) is var now && !isRight(now))
                report(
                    $"bad {way} {threadId}: acknowledged, then {(now is null ? "not there" : $"{now.State} archived {now.ArchivedAt} named {now.Name} {now.StateReason}")}"
                );
        }
    }

    async Task<int> CountAsync(ThreadId threadId)
    {
        var count = 0;
        await foreach (var _ in store.ReadHistoryAsync(new ReadHistoryRequest(threadId)))
            count++;
        return count;
    }

    async Task<HashSet<ThreadId>> ListAsync(ArchiveFilter side)
    {
        var all = new HashSet<ThreadId>();
        string? cursor = null;
        do
        {
            var page = await store.ListAsync(
                new ThreadQuery
                {
                    Archive = side,
                    Visibility = ThreadVisibility.All,
                    Limit = ThreadQuery.MaxLimit,
                    Cursor = cursor,
                }
            );
            all.UnionWith(page.Items.Select(thread => thread.Id));
            cursor = page.NextCursor;
        } while (cursor is not null);
        return all;
    }

    List<NewItem> Turn()
    {
        var id = ThreadId.New(TimeProvider.System);
        return
        [
            NewItem.FromJson("event_msg", $$"""{"type":"task_started","turn_id":"{{id}}"}"""),
            NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"change {{_changes}}"}"""),
            NewItem.FromJson("event_msg", $$"""{"type":"task_complete","turn_id":"{{id}}"}"""),
        ];
    }
}
