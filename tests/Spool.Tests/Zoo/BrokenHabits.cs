namespace Spool.Tests;

/// <summary>Takes the time of a change for that of the creation.</summary>
sealed class MovesWhatIsChanged(IThreadStore inner) : ChangesRecords(inner)
{
    readonly HashSet<ThreadId> _changed = [];

    public override ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        _changed.Add(thread);
        return base.UpdateAsync(thread, patch, cancellationToken);
    }

    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.OrderByDescending(thread => _changed.Contains(thread.Id))] };
    }

    protected override StoredThread Alter(StoredThread thread) => _changed.Contains(thread.Id) ? thread with { CreatedAt = thread.UpdatedAt.AddDays(1) } : thread;
}

sealed class ForgetsChangesWhenItResumes(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        if ((await FindAsync(request.Thread, cancellationToken))?.Name is not null)
            await base.UpdateAsync(request.Thread, new ThreadPatch { Name = Change.Clear<string>() }, cancellationToken);
        return await base.ResumeAsync(request, cancellationToken);
    }
}

/// <summary>Makes a fork without a history where it cannot make a true one.</summary>
sealed class ForksDamagedThreads(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ForkAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Corrupt)
        {
            var head = new SessionMeta(request.Thread, DateTimeOffset.UnixEpoch) { Cwd = "", Originator = "", CliVersion = "" };
            await using (var writer = await base.CreateAsync(new CreateThread(request.Thread, head.ToItem()), cancellationToken))
                await writer.PersistAsync(cancellationToken);
            return new ChangedThread((await FindAsync(request.Thread, cancellationToken))!);
        }
    }
}

sealed class IgnoresTheGivenHeadOfAFork(IThreadStore inner) : BrokenStore(inner)
{
    public override ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default) => base.ForkAsync(request with { SessionMeta = null }, cancellationToken);
}

/// <summary>Touches only what is whole.</summary>
sealed class CannotChangeDamagedThreads(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        await CheckAsync(thread, cancellationToken);
        return await base.UpdateAsync(thread, patch, cancellationToken);
    }

    public override async ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        await CheckAsync(thread, cancellationToken);
        return await base.ArchiveAsync(thread, cancellationToken);
    }

    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        await CheckAsync(thread, cancellationToken);
        return await base.DeleteAsync(thread, cancellationToken);
    }

    async Task CheckAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        if ((await FindAsync(thread, cancellationToken))?.State is not (null or ThreadCondition.Ok))
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The thread is damaged.");
    }
}

/// <summary>Takes a batch for stored as soon as it was sent.</summary>
sealed class UsesUpBatchIds(IThreadStore inner) : BreaksAppends(inner)
{
    readonly HashSet<Guid> _seen = [];

    protected override ValueTask<AppendReceipt> AppendAsync(IThreadWriter writer, AppendItems request, CancellationToken cancellationToken) =>
        request.BatchId is { } batch && !_seen.Add(batch) ? new(new AppendReceipt(writer.NextOrdinal, request.Items.Count)) : writer.AppendAsync(request, cancellationToken);
}

/// <summary>Lets one thread be written at a time, and nothing be read meanwhile.</summary>
sealed class WorksForOneAtATime(IThreadStore inner) : BreaksWriters(inner)
{
    int _writers;

    public override ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        CheckFree();
        return base.FindAsync(thread, cancellationToken);
    }

    public override ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default)
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

    public override ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        _resumed.Add(request.Thread);
        return base.ResumeAsync(request, cancellationToken);
    }

    protected override RolloutItem? Change(RolloutItem item, ThreadId thread) => item.Kind == RolloutItemKind.Unreadable && _resumed.Contains(thread) ? null : item;
}
