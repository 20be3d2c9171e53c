using Xunit;

namespace Spool.TestKit;

/// <summary>A store that lacks something: see <see cref="DeclaredHarness"/>.</summary>
sealed class DeclaredStore(IThreadStore inner, DeclaredHarness harness) : DelegatingThreadStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        if (request is not null)
        {
            harness.CheckWriter(request.ThreadId, this);
            if (Head(request.SessionMeta).HistoryBase is not null)
                return await RefusedAsync(StoreTrait.ForksByReference, () => base.CreateAsync(request, cancellationToken));
        }
        return Track(await base.CreateAsync(request!, cancellationToken));
    }

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        if (request is not null)
            harness.CheckWriter(request.ThreadId, this);
        return Track(await base.ResumeAsync(request!, cancellationToken));
    }

    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        harness.CheckWriter(threadId, this);
        return base.UpdateAsync(threadId, patch, cancellationToken);
    }

    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        harness.CheckWriter(threadId, this);
        return base.ArchiveAsync(threadId, cancellationToken);
    }

    public override ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        harness.CheckWriter(threadId, this);
        return base.UnarchiveAsync(threadId, cancellationToken);
    }

    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        if (request is null)
            return await base.ForkAsync(request!, cancellationToken);
        harness.CheckWriter(request.ThreadId, this);
        return await IsPaginatedAsync(request.Source, cancellationToken)
            ? await RefusedAsync(StoreTrait.ForksByReference, () => base.ForkAsync(request, cancellationToken))
            : await base.ForkAsync(request, cancellationToken);
    }

    public override async ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    )
    {
        if (beforeTurn is null)
            return await base.RevertAsync(threadId, beforeTurn!, cancellationToken);
        harness.CheckWriter(threadId, this);
        return await IsPaginatedAsync(threadId, cancellationToken)
            ? await RefusedAsync(StoreTrait.PaginatedRevert, () => base.RevertAsync(threadId, beforeTurn, cancellationToken))
            : await base.RevertAsync(threadId, beforeTurn, cancellationToken);
    }

    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        harness.CheckWriter(threadId, this);
        return base.DeleteAsync(threadId, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        harness.EndAll(this);
    }

    public override object? GetService(Type serviceType) =>
        serviceType == typeof(IDeletionCheck) && base.GetService(serviceType) is IDeletionCheck check
            ? new DeclaredCheck(check, this, harness)
            : base.GetService(serviceType);

    // What a store is declared to lack it refuses as unsupported; for another reason it may refuse before that.
    async ValueTask<T> RefusedAsync<T>(StoreTrait trait, Func<ValueTask<T>> call)
    {
        if (harness.Inner.WhyLacking(trait) is not { } reason)
            return await call();
        try
        {
            await call();
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Unsupported)
        {
            Assert.Skip(reason);
        }
        throw new InvalidOperationException($"The store is declared to lack {trait} and has it.");
    }

    async ValueTask<bool> IsPaginatedAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        try
        {
            return (await FindAsync(threadId, cancellationToken))?.HistoryMode == HistoryModes.Paginated;
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            return false; // and the call itself says so
        }
    }

    DeclaredWriter Track(IThreadWriter writer)
    {
        harness.Begin(writer.ThreadId, this);
        return new DeclaredWriter(writer, harness);
    }

    static ThreadFacts Head(NewItem? head)
    {
        try
        {
            return head?.Type is null
                ? new ThreadFacts()
                : DeclaredHarness.FactsOf([RolloutLine.ToArray(head, DateTimeOffset.UnixEpoch, null)]);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            return new ThreadFacts(); // an item that is malformed: the store says so
        }
    }

    sealed class DeclaredCheck(IDeletionCheck check, DeclaredStore store, DeclaredHarness harness) : IDeletionCheck
    {
        public ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default)
        {
            harness.CheckWriter(threadId, store);
            return check.RequireDeletableAsync(threadId, cancellationToken);
        }
    }

    sealed class DeclaredWriter(IThreadWriter inner, DeclaredHarness harness) : DelegatingThreadWriter(inner)
    {
        public override async ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
        {
            await base.ShutDownAsync(cancellationToken);
            harness.End(ThreadId);
        }

        public override async ValueTask DiscardAsync(CancellationToken cancellationToken = default)
        {
            await base.DiscardAsync(cancellationToken);
            harness.End(ThreadId);
        }

        public override async ValueTask DisposeAsync()
        {
            harness.End(ThreadId);
            await base.DisposeAsync();
        }
    }
}
