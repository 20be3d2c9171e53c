namespace Spool.Tests;

/// <summary>Changes the records that a store gives.</summary>
abstract class ChangesRecords(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await base.FindAsync(threadId, cancellationToken) is { } found ? Alter(found) : null;

    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.Select(Alter)] };
    }

    protected abstract StoredThread Alter(StoredThread thread);
}

/// <summary>Keeps names only while it is open.</summary>
sealed class LosesNamesOnReopen(IThreadStore inner) : ChangesRecords(inner)
{
    readonly Dictionary<ThreadId, string?> _names = [];

    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        var change = patch.Checked();
        var changed = await base.UpdateAsync(threadId, change with { Name = default }, cancellationToken);
        if (change.Name.IsChange)
            _names[threadId] = change.Name.Apply(null);
        return new ChangedThread(Alter(changed.Thread));
    }

    protected override StoredThread Alter(StoredThread thread) =>
        _names.TryGetValue(thread.Id, out var name) ? thread with { Name = name } : thread;
}

/// <summary>Deletes a thread but for its name.</summary>
sealed class LeavesTheNameOfADeletedThread(IThreadStore inner) : ChangesRecords(inner)
{
    static readonly System.Collections.Concurrent.ConcurrentDictionary<ThreadId, string> Left = [];

    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        var name = (await base.FindAsync(threadId, cancellationToken))?.Name;
        var receipt = await base.DeleteAsync(threadId, cancellationToken);
        if (name is not null)
            Left[threadId] = name;
        return receipt;
    }

    protected override StoredThread Alter(StoredThread thread) =>
        thread.Name is null && Left.TryGetValue(thread.Id, out var name) ? thread with { Name = name } : thread;
}

/// <summary>Shows every name that it was given.</summary>
sealed class ShowsNamesThatSayNothing(IThreadStore inner) : ChangesRecords(inner)
{
    static readonly System.Collections.Concurrent.ConcurrentDictionary<ThreadId, string> Given = [];

    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        var changed = await base.UpdateAsync(threadId, patch, cancellationToken);
        if (patch.Name.IsSet)
            Given[threadId] = patch.Name.Value.Trim();
        return new ChangedThread(Alter(changed.Thread));
    }

    protected override StoredThread Alter(StoredThread thread) =>
        Given.TryGetValue(thread.Id, out var name) ? thread with { Name = name } : thread;
}

sealed class RepairsBadNames(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        base.UpdateAsync(
            threadId,
            patch.Name.IsSet
                ? patch with
                {
                    Name = Change.To("x" + string.Concat(patch.Name.Value.Where(char.IsLetter).Take(100))),
                }
                : patch,
            cancellationToken
        );
}

/// <summary>Takes the units of UTF-16 for characters.</summary>
sealed class CountsUnitsOfNames(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        patch.Name is { IsSet: true, Value.Length: > ThreadPatch.MaxNameLength }
            ? throw ThreadStoreException.InvalidRequest("Too long.")
            : base.UpdateAsync(threadId, patch, cancellationToken);
}

sealed class CannotClearNames(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        base.UpdateAsync(
            threadId,
            patch is { Name: { IsChange: true, IsSet: false } } ? patch with { Name = default } : patch,
            cancellationToken
        );
}

/// <summary>Takes a memory mode for everything that is known beside the log.</summary>
sealed class ForgetsTheRepositoryWithTheMemoryMode(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        base.UpdateAsync(
            threadId,
            patch is { MemoryMode: not null, ChangesGit: false }
                ? patch with
                {
                    CommitHash = Change.Clear<string>(),
                    Branch = Change.Clear<string>(),
                    RepositoryUrl = Change.Clear<string>(),
                }
                : patch,
            cancellationToken
        );
}

/// <summary>Replaces the whole repository state where only a part is given.</summary>
sealed class ReplacesTheWholeRepositoryState(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        base.UpdateAsync(
            threadId,
            patch.ChangesGit
                ? patch with
                {
                    CommitHash = Whole(patch.CommitHash),
                    Branch = Whole(patch.Branch),
                    RepositoryUrl = Whole(patch.RepositoryUrl),
                }
                : patch,
            cancellationToken
        );

    static Change<string> Whole(Change<string> part) => part.IsChange ? part : Change.Clear<string>();
}

/// <summary>Writes a line for every change, also for one that changes nothing.</summary>
sealed class ChangesAgainAndAgain(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        if (patch.MemoryMode is { } mode)
            await base.UpdateAsync(
                threadId,
                new ThreadPatch { MemoryMode = mode == "enabled" ? "disabled" : "enabled" },
                cancellationToken
            );
        return await base.UpdateAsync(threadId, patch, cancellationToken);
    }
}

sealed class CannotChangeArchivedThreads(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        (await FindAsync(threadId, cancellationToken))?.ArchivedAt is not null
            ? throw new ThreadStoreException(ThreadStoreErrorCode.Archived, "The thread is archived.")
            : await base.UpdateAsync(threadId, patch, cancellationToken);
}

sealed class SortsArchivedThreadsLast(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.OrderBy(thread => thread.ArchivedAt is not null)] };
    }
}

sealed class ForgetsNamesWhenItUnarchives(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        await base.UnarchiveAsync(threadId, cancellationToken);
        return await base.UpdateAsync(threadId, new ThreadPatch { Name = Change.Clear<string>() }, cancellationToken);
    }
}

sealed class ArchivesAgain(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        if ((await FindAsync(threadId, cancellationToken))?.ArchivedAt is not null)
            await base.UnarchiveAsync(threadId, cancellationToken);
        return await base.ArchiveAsync(threadId, cancellationToken);
    }
}

/// <summary>Answers a list as it answered it the first time.</summary>
sealed class ListsWhatWasThereBefore(IThreadStore inner) : MutantStore(inner)
{
    readonly Dictionary<string, Page<StoredThread>> _pages = [];

    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var key = NormalQuery.Of(query with { Cursor = null }).CursorBehind(default) + query.Cursor + query.Limit;
        return _pages.TryGetValue(key, out var page) ? page : _pages[key] = await base.ListAsync(query, cancellationToken);
    }
}

/// <summary>Cuts long texts, and gives the beginning as if it were all.</summary>
sealed class CutsWithoutASign(IThreadStore inner) : ChangesRecords(inner)
{
    protected override StoredThread Alter(StoredThread thread) => thread with { Preview = thread.Preview.TrimEnd('…') };
}
