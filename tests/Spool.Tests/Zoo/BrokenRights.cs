using System.Collections.Concurrent;

namespace Spool.Tests;

/// <summary>Gives a writer to everybody who asks.</summary>
sealed class AllowsASecondWriter(IThreadStore inner) : BrokenStore(inner)
{
    static readonly ConcurrentDictionary<ThreadId, IThreadWriter> Writers = [];

    public override async ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return Remember(await base.CreateAsync(request, cancellationToken));
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return Writers[request.Thread];
        }
    }

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return Remember(await base.ResumeAsync(request, cancellationToken));
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return Writers[request.Thread];
        }
    }

    static IThreadWriter Remember(IThreadWriter writer) => Writers[writer.Thread] = writer;
}

sealed class DoesNotSayWhoWrites(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ResumeAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            throw new ThreadStoreException(e.Code, e.Message);
        }
    }
}

/// <summary>Says that a thread which somebody writes is stored.</summary>
sealed class TakesAWriterForAThread(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.CreateAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            throw ThreadStoreException.AlreadyExists(request.Thread);
        }
    }
}

/// <summary>Knows nothing of a thread until it is stored.</summary>
sealed class HidesWhatIsBeingCreated(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) =>
        await FindAsync(request.Thread, cancellationToken) is null ? throw ThreadStoreException.NotFound(request.Thread) : await base.ResumeAsync(request, cancellationToken);
}

/// <summary>Says that it changed a thread that somebody writes.</summary>
sealed class ChangesDespiteAWriter(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.UpdateAsync(thread, patch, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return new ChangedThread((await FindAsync(thread, cancellationToken))!);
        }
    }
}

sealed class CreatesOverAStoredThread(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.CreateAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.AlreadyExists)
        {
            await DeleteAsync(request.Thread, cancellationToken);
            return await base.CreateAsync(request, cancellationToken);
        }
    }
}

sealed class ResumesArchivedThreads(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        if ((await FindAsync(request.Thread, cancellationToken))?.ArchivedAt is not null)
            await UnarchiveAsync(request.Thread, cancellationToken);
        return await base.ResumeAsync(request, cancellationToken);
    }
}

sealed class ResumesDamagedThreads(IThreadStore inner) : BrokenStore(inner)
{
    public override ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) =>
        base.ResumeAsync(request with { OnDamage = DamagedLog.AppendBehind }, cancellationToken);
}

sealed class RefusesEveryDamage(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) =>
        (await FindAsync(request.Thread, cancellationToken))?.State is ThreadCondition.Torn or ThreadCondition.Damaged
            ? throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The log is damaged.")
            : await base.ResumeAsync(request, cancellationToken);
}

/// <summary>Says in the log that it was resumed.</summary>
sealed class WritesWhenItResumes(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        var writer = await base.ResumeAsync(request, cancellationToken);
        await writer.AppendAsync(new AppendItems([NewItem.FromJson("resumed", "{}")]), cancellationToken);
        return writer;
    }
}

sealed class TakesAnyFirstItem(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.CreateAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.InvalidRequest)
        {
            var head = new SessionMeta(request.Thread, DateTimeOffset.UnixEpoch) { Cwd = "", Originator = "", CliVersion = "" };
            return await base.CreateAsync(request with { SessionMeta = head.ToItem() }, cancellationToken);
        }
    }
}

/// <summary>Begins another thread than the one that was asked for instead of refusing.</summary>
sealed class ChoosesAnotherIdWhenItLikes(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default)
    {
        if (!request.Thread.IsPastTime)
            return await base.CreateAsync(request, cancellationToken);
        var id = ThreadId.New(TimeProvider.System);
        return await base.CreateAsync(new CreateThread(id, new SessionMeta(id, DateTimeOffset.UnixEpoch) { Cwd = "", Originator = "", CliVersion = "" }.ToItem()), cancellationToken);
    }
}

sealed class CannotCancelChanges(IThreadStore inner) : BrokenStore(inner)
{
    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => base.ArchiveAsync(thread, CancellationToken.None);
}

sealed class ChangesAfterDispose(IThreadStore inner) : BrokenStore(inner)
{
    bool _isDisposed;

    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        _isDisposed ? new(new DeletionReceipt(thread)) : base.DeleteAsync(thread, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return base.DisposeAsync();
    }
}

/// <summary>Goes on with a log of early Codex in a thread that nobody asked for.</summary>
sealed class AppendsToEarlyLogs(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default)
    {
        var history = base.ReadHistoryAsync(new ReadHistory(request.Thread), cancellationToken);
        if (await history.FirstOrDefaultAsync(cancellationToken) is not { IsBare: true })
            return await base.ResumeAsync(request, cancellationToken);
        var other = ThreadId.New(TimeProvider.System);
        await base.ForkAsync(new ForkThread(request.Thread, other), cancellationToken);
        return await base.ResumeAsync(new ResumeThread(other), cancellationToken);
    }
}
