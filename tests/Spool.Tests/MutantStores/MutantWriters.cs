namespace Spool.Tests;

sealed class ShutsDownWithoutStoring(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask ShutDownAsync(CancellationToken cancellationToken = default) => Inner.DiscardAsync(cancellationToken);
    }
}

sealed class StoresWhatIsDiscarded(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask DiscardAsync(CancellationToken cancellationToken = default) =>
            Inner.ShutDownAsync(CancellationToken.None);
    }
}

/// <summary>Takes discarding too seriously.</summary>
sealed class DiscardsWhatIsStored(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(this, writer);

    sealed class Writer(IThreadStore store, IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override async ValueTask DiscardAsync(CancellationToken cancellationToken = default)
        {
            await Inner.DiscardAsync(cancellationToken);
            if (await store.FindAsync(ThreadId, cancellationToken) is not null)
                await store.DeleteAsync(ThreadId, cancellationToken);
        }
    }
}

sealed class StoresNewThreadsAtOnce(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        var writer = await base.CreateAsync(request, cancellationToken);
        await writer.PersistAsync(cancellationToken);
        return writer;
    }
}

sealed class PersistsNothing(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask PersistAsync(CancellationToken cancellationToken = default) =>
            Inner.FlushAsync(Durability.Flushed, cancellationToken);
    }
}

sealed class FlushesNothing(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;
    }
}

/// <summary>Acknowledges an append and stores it with the next call.</summary>
sealed class AcknowledgesTooEarly(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        AppendRequest? _late;

        public override long NextOrdinal => Inner.NextOrdinal + (_late?.Items.Count ?? 0);

        public override async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
        {
            await CatchUpAsync();
            _late = request;
            return new AppendReceipt(Inner.NextOrdinal, request.Items.Count);
        }

        public override async ValueTask FlushAsync(
            Durability durability = Durability.Flushed,
            CancellationToken cancellationToken = default
        )
        {
            await CatchUpAsync();
            await Inner.FlushAsync(durability, cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await CatchUpAsync();
            await base.DisposeAsync();
        }

        async ValueTask CatchUpAsync()
        {
            if (_late is { } request)
                await Inner.AppendAsync(request);
            _late = null;
        }
    }
}

sealed class TellsAnOldOrdinal(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer, writer.NextOrdinal);

    sealed class Writer(IThreadWriter inner, long ordinal) : DelegatingThreadWriter(inner)
    {
        public override long NextOrdinal => ordinal;
    }
}

sealed class WorksOnAfterShutDown(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
        {
            try
            {
                return await Inner.AppendAsync(request, cancellationToken);
            }
            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.InvalidRequest)
            {
                return new AppendReceipt(Inner.NextOrdinal, request.Items.Count);
            }
        }
    }
}

sealed class WorksOnAfterDispose(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
#pragma warning disable CA2215 // that is what is wrong with it
        public override ValueTask DisposeAsync() => Inner.ShutDownAsync();
#pragma warning restore CA2215
    }
}

sealed class LeavesWritersOpen(IThreadStore inner) : MutantStore(inner)
{
#pragma warning disable CA2215 // that is what is wrong with it
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
}

sealed class DropsWhatWaitsWhenDisposed(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        bool _isDisposed;

        public override async ValueTask DisposeAsync()
        {
            if (!_isDisposed)
                await Inner.DiscardAsync();
            _isDisposed = true;
            await base.DisposeAsync();
        }
    }
}

sealed class KeepsTheRightToWrite(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask ShutDownAsync(CancellationToken cancellationToken = default) =>
            Inner.FlushAsync(Durability.Flushed, cancellationToken);

#pragma warning disable CA2215 // that is what is wrong with it
        public override ValueTask DisposeAsync() => Inner.FlushAsync();
#pragma warning restore CA2215
    }
}

sealed class CannotBeCancelled(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default) =>
            Inner.AppendAsync(request, CancellationToken.None);

        public override ValueTask ShutDownAsync(CancellationToken cancellationToken = default) =>
            Inner.ShutDownAsync(CancellationToken.None);
    }
}

/// <summary>Stores an append and then says that it was cancelled.</summary>
sealed class CancelsTooLate(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        var receipt = await writer.AppendAsync(request, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return receipt;
    }
}

sealed class CancelsDiscarding(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask DiscardAsync(CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Inner.DiscardAsync(cancellationToken);
        }
    }
}

/// <summary>Changes a thread through its writer before what waits is stored.</summary>
sealed class ChangesBeforeItStores(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Writer(writer);

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        readonly List<AppendRequest> _waiting = [];

        public override async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
        {
            if (request.Durability != Durability.Buffered)
                return await Inner.AppendAsync(request, cancellationToken);
            _waiting.Add(request);
            return new AppendReceipt(Inner.NextOrdinal, request.Items.Count) { IsStored = false };
        }

        public override async ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
        {
            await Inner.PersistAsync(cancellationToken);
            var changed = await Inner.UpdateAsync(patch, cancellationToken);
            foreach (var request in _waiting)
                await Inner.AppendAsync(request, cancellationToken);
            return changed;
        }
    }
}
