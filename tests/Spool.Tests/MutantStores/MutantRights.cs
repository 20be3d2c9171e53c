using System.Collections.Concurrent;

namespace Spool.Tests;

/// <summary>Gives a writer to everybody who asks.</summary>
sealed class AllowsASecondWriter(IThreadStore inner) : MutantStore(inner)
{
    static readonly ConcurrentDictionary<ThreadId, IThreadWriter> Writers = [];

    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return Remember(await base.CreateAsync(request, cancellationToken));
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return Writers[request.ThreadId];
        }
    }

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return Remember(await base.ResumeAsync(request, cancellationToken));
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return Writers[request.ThreadId];
        }
    }

    static IThreadWriter Remember(IThreadWriter writer) => Writers[writer.ThreadId] = writer;
}

sealed class DoesNotSayWhoWrites(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
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
sealed class TakesAWriterForAThread(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.CreateAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            throw ThreadStoreException.AlreadyExists(request.ThreadId);
        }
    }
}

/// <summary>Knows nothing of a thread until it is stored.</summary>
sealed class HidesWhatIsBeingCreated(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        await FindAsync(request.ThreadId, cancellationToken) is null
            ? throw ThreadStoreException.NotFound(request.ThreadId)
            : await base.ResumeAsync(request, cancellationToken);
}

/// <summary>Says that it changed a thread that somebody writes.</summary>
sealed class ChangesDespiteAWriter(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            return await base.UpdateAsync(threadId, patch, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return new ChangedThread((await FindAsync(threadId, cancellationToken))!);
        }
    }
}

sealed class CreatesOverAStoredThread(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.CreateAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.AlreadyExists)
        {
            await DeleteAsync(request.ThreadId, cancellationToken);
            return await base.CreateAsync(request, cancellationToken);
        }
    }
}

sealed class ResumesArchivedThreads(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        if ((await FindAsync(request.ThreadId, cancellationToken))?.ArchivedAt is not null)
            await UnarchiveAsync(request.ThreadId, cancellationToken);
        return await base.ResumeAsync(request, cancellationToken);
    }
}

sealed class ResumesDamagedThreads(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        base.ResumeAsync(request with { OnDamage = DamagedLog.AppendBehind }, cancellationToken);
}

sealed class RefusesEveryDamage(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        (await FindAsync(request.ThreadId, cancellationToken))?.State is ThreadCondition.Torn or ThreadCondition.Damaged
            ? throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The log is damaged.")
            : await base.ResumeAsync(request, cancellationToken);
}

/// <summary>Says in the log that it was resumed.</summary>
sealed class WritesWhenItResumes(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        var writer = await base.ResumeAsync(request, cancellationToken);
        await writer.AppendAsync(new AppendRequest([NewItem.FromJson("resumed", "{}")]), cancellationToken);
        return writer;
    }
}

sealed class TakesAnyFirstItem(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.CreateAsync(request, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.InvalidRequest)
        {
            var head = new SessionMeta(request.ThreadId, DateTimeOffset.UnixEpoch)
            {
                Cwd = "",
                Originator = "",
                CliVersion = "",
            };
            return await base.CreateAsync(request with { SessionMeta = head.ToItem() }, cancellationToken);
        }
    }
}

/// <summary>Begins another thread than the one that was asked for instead of refusing.</summary>
sealed class ChoosesAnotherIdWhenItLikes(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        if (!request.ThreadId.IsPastTime)
            return await base.CreateAsync(request, cancellationToken);
        var id = ThreadId.New(TimeProvider.System);
        return await base.CreateAsync(
            new CreateRequest(
                id,
                new SessionMeta(id, DateTimeOffset.UnixEpoch)
                {
                    Cwd = "",
                    Originator = "",
                    CliVersion = "",
                }.ToItem()
            ),
            cancellationToken
        );
    }
}

sealed class CannotCancelChanges(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        base.ArchiveAsync(threadId, CancellationToken.None);
}

sealed class ChangesAfterDispose(IThreadStore inner) : MutantStore(inner)
{
    bool _isDisposed;

    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _isDisposed ? new(new DeletionReceipt(threadId)) : base.DeleteAsync(threadId, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return base.DisposeAsync();
    }
}

/// <summary>Goes on with a log of early Codex in a thread that nobody asked for.</summary>
sealed class AppendsToEarlyLogs(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        var history = base.ReadHistoryAsync(new ReadHistoryRequest(request.ThreadId), cancellationToken);
        if (await history.FirstOrDefaultAsync(cancellationToken) is not { IsBare: true })
            return await base.ResumeAsync(request, cancellationToken);
        var other = ThreadId.New(TimeProvider.System);
        await base.ForkAsync(new ForkRequest(request.ThreadId, other), cancellationToken);
        return await base.ResumeAsync(new ResumeRequest(other), cancellationToken);
    }
}
