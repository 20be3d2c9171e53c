namespace Spool.Tests;

/// <summary>Takes the time of a change for that of the creation.</summary>
sealed class MovesWhatIsChanged(IThreadStore inner) : ChangesRecords(inner)
{
    readonly HashSet<ThreadId> _changed = [];

    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        _changed.Add(threadId);
        return base.UpdateAsync(threadId, patch, cancellationToken);
    }

    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.OrderByDescending(thread => _changed.Contains(thread.Id))] };
    }

    protected override StoredThread Alter(StoredThread thread) =>
        _changed.Contains(thread.Id) ? thread with { CreatedAt = thread.UpdatedAt.AddDays(1) } : thread;
}

sealed class ForgetsChangesWhenItResumes(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        if ((await FindAsync(request.ThreadId, cancellationToken))?.Name is not null)
            await base.UpdateAsync(request.ThreadId, new ThreadPatch { Name = Change.Clear<string>() }, cancellationToken);
        return await base.ResumeAsync(request, cancellationToken);
    }
}

/// <summary>Makes a fork without a history where it cannot make a true one.</summary>
sealed class ForksDamagedThreads(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ForkAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Corrupt)
        {
            var head = new SessionMeta(request.ThreadId, DateTimeOffset.UnixEpoch)
            {
                Cwd = "",
                Originator = "",
                CliVersion = "",
            };
            await using (var writer = await base.CreateAsync(new CreateRequest(request.ThreadId, head.ToItem()), cancellationToken))
                await writer.PersistAsync(cancellationToken);
            return new ChangedThread((await FindAsync(request.ThreadId, cancellationToken))!);
        }
    }
}

sealed class IgnoresTheGivenHeadOfAFork(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        base.ForkAsync(request with { SessionMeta = null }, cancellationToken);
}

/// <summary>Touches only what is whole.</summary>
sealed class CannotChangeDamagedThreads(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        await CheckAsync(threadId, cancellationToken);
        return await base.UpdateAsync(threadId, patch, cancellationToken);
    }

    public override async ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        await CheckAsync(threadId, cancellationToken);
        return await base.ArchiveAsync(threadId, cancellationToken);
    }

    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        await CheckAsync(threadId, cancellationToken);
        return await base.DeleteAsync(threadId, cancellationToken);
    }

    async Task CheckAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        if ((await FindAsync(threadId, cancellationToken))?.State is not (null or ThreadCondition.Ok))
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The thread is damaged.");
    }
}

/// <summary>Takes a batch for stored as soon as it was sent.</summary>
sealed class UsesUpBatchIds(IThreadStore inner) : BreaksAppends(inner)
{
    readonly HashSet<Guid> _seen = [];

    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) =>
        request.BatchId is { } batch && !_seen.Add(batch)
            ? new(new AppendReceipt(writer.NextOrdinal, request.Items.Count))
            : writer.AppendAsync(request, cancellationToken);
}

/// <summary>Lets one thread be written at a time, and nothing be read meanwhile.</summary>
sealed class WorksForOneAtATime(IThreadStore inner) : BreaksWriters(inner)
{
    int _writers;

    public override ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        CheckFree();
        return base.FindAsync(threadId, cancellationToken);
    }

    public override ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        CheckFree();
        return base.CreateAsync(request, cancellationToken);
    }

    protected override IThreadWriter Break(IThreadWriter writer)
    {
        _writers++;
        return new Writer(this, writer);
    }

    void CheckFree()
    {
        if (_writers > 0)
            throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "Something is being written.");
    }

    sealed class Writer(WorksForOneAtATime store, IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask DisposeAsync()
        {
            store._writers--;
            return base.DisposeAsync();
        }
    }
}

/// <summary>Cuts off what nobody can read when it goes on writing.</summary>
sealed class CutsDamageOff(IThreadStore inner) : ChangesHistories(inner)
{
    readonly HashSet<ThreadId> _resumed = [];

    public override ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        _resumed.Add(request.ThreadId);
        return base.ResumeAsync(request, cancellationToken);
    }

    protected override RolloutItem? Change(RolloutItem item, ThreadId threadId) =>
        item.Kind == RolloutItemKind.Unreadable && _resumed.Contains(threadId) ? null : item;
}
