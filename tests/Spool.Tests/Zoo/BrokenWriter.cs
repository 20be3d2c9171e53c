namespace Spool.Tests;

/// <summary>Passes every call on to a healthy writer; each animal gets one of them wrong.</summary>
class BrokenWriter(IThreadWriter inner) : IThreadWriter
{
    protected IThreadWriter Inner => inner;

    public ThreadId Thread => inner.Thread;

    public string HistoryMode => inner.HistoryMode;

    public virtual long NextOrdinal => inner.NextOrdinal;

    public bool IsStored => inner.IsStored;

    public CancellationToken LostToken => inner.LostToken;

    public virtual ValueTask<AppendReceipt> AppendAsync(AppendItems request, CancellationToken cancellationToken = default) => inner.AppendAsync(request, cancellationToken);

    public virtual ValueTask PersistAsync(CancellationToken cancellationToken = default) => inner.PersistAsync(cancellationToken);

    public virtual ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default) => inner.FlushAsync(durability, cancellationToken);

    public virtual ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default) => inner.UpdateAsync(patch, cancellationToken);

    public virtual ValueTask ShutDownAsync(CancellationToken cancellationToken = default) => inner.ShutDownAsync(cancellationToken);

    public virtual ValueTask DiscardAsync(CancellationToken cancellationToken = default) => inner.DiscardAsync(cancellationToken);

    public ValueTask DisposeAsync() => EndAsync();

    protected virtual ValueTask EndAsync() => inner.DisposeAsync();
}

/// <summary>A store whose writers are broken.</summary>
abstract class BreaksWriters(IThreadStore inner) : BrokenStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default) => Break(await base.CreateAsync(request, cancellationToken));

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) => Break(await base.ResumeAsync(request, cancellationToken));

    protected abstract IThreadWriter Break(IThreadWriter writer);
}

/// <summary>A store whose writers get their appends wrong.</summary>
abstract class BreaksAppends(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Appender(this, writer);

    protected abstract ValueTask<AppendReceipt> AppendAsync(IThreadWriter writer, AppendItems request, CancellationToken cancellationToken);

    sealed class Appender(BreaksAppends store, IThreadWriter inner) : BrokenWriter(inner)
    {
        public override ValueTask<AppendReceipt> AppendAsync(AppendItems request, CancellationToken cancellationToken = default) => store.AppendAsync(Inner, request, cancellationToken);
    }
}
